/** A shared account: members in the agreed order, how many must sign, and the address that follows, to be compared aloud. */
import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SharedAccountArgs } from "../../../bindings";
import { Icon } from "../../../components/Icon";
import { Row, Stack } from "../../../components/layout/Row";
import { useCommand, useData, useDataWhen } from "../../../transport";
import classes from "./AddAccount.module.css";
import { AddressPreview } from "./AddressPreview";
import { FormFoot, useAdded } from "./FormFoot";

const MEMBERS_MAX = 10;
const KEY = /^(0x)?[0-9a-f]{64}$/i;

/** The form. */
export function AddShared({ template }: { template: "multisig" | "vesting" }) {
  const { t } = useTranslation();
  const added = useAdded();
  const keys = useData("accounts").data?.keys ?? [];
  const add = useCommand("add_shared_account");
  const [name, setName] = useState("");
  const [members, setMembers] = useState(["", ""]);
  const [required, setRequired] = useState(2);
  const filled = members.map((member) => member.trim()).filter((member) => member !== "");
  const fits = filled.length > 0 && filled.every((member) => KEY.test(member)) && required <= filled.length;
  const args: SharedAccountArgs = { name: name.trim() === "" ? "-" : name.trim(), template, required, members: filled };
  const preview = useDataWhen("preview_shared_account", fits ? [args] : undefined);

  const change = (index: number, value: string) => setMembers((before) => before.map((member, at) => (at === index ? value : member)));
  const insert = (key: string) =>
    setMembers((before) => {
      const free = before.findIndex((member) => member.trim() === "");
      return free >= 0 ? before.map((member, at) => (at === free ? key : member)) : [...before, key].slice(0, MEMBERS_MAX);
    });

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({ ...args, name: name.trim() }, { onSuccess: added });
      }}
    >
      <Stack>
        <TextInput label={t("wallet:account.name")} value={name} maxLength={64} autoFocus autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
        <fieldset className={classes.members}>
          <legend className="small strong">{t("wallet:add.members")}</legend>
          <p className="small ink-3">{t("wallet:add.membersText")}</p>
          {members.map((member, index) => (
            <div key={index} className={classes.member}>
              <TextInput
                label={t("wallet:add.member", { index: index + 1 })}
                value={member}
                classNames={{ input: classes.mono }}
                autoComplete="off"
                spellCheck={false}
                error={member.trim() !== "" && !KEY.test(member.trim()) ? t("wallet:add.memberFault") : undefined}
                onChange={(event) => change(index, event.currentTarget.value)}
              />
              {members.length > 1 && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  aria-label={t("wallet:add.removeMember", { index: index + 1 })}
                  onClick={() => setMembers((before) => before.filter((_, at) => at !== index))}
                >
                  <Icon name="cross" size={16} />
                </ActionIcon>
              )}
            </div>
          ))}
          <Row gap={2} wrap>
            {members.length < MEMBERS_MAX && (
              <Button size="xs" variant="default" onClick={() => setMembers((before) => [...before, ""])}>
                {t("wallet:add.addMember")}
              </Button>
            )}
            {keys
              .filter((key) => !filled.some((member) => member.toLowerCase().replace(/^0x/, "") === key.publicKey))
              .slice(0, 4)
              .map((key) => (
                <Button key={key.id} size="xs" variant="quiet" onClick={() => insert(key.publicKey)}>
                  {t("wallet:add.insertKey", { name: key.name })}
                </Button>
              ))}
          </Row>
        </fieldset>
        <Select
          label={t("wallet:add.required")}
          value={String(required)}
          allowDeselect={false}
          data={Array.from({ length: Math.max(members.length, required) }, (_, index) => ({ value: String(index + 1), label: t("wallet:add.of", { required: index + 1, members: members.length }) }))}
          onChange={(value) => setRequired(Number(value ?? "1"))}
        />
        <AddressPreview preview={preview} />
        <FormFoot error={add.error} busy={add.isPending} ready={fits && name.trim() !== "" && preview.data?.existing === null} />
      </Stack>
    </form>
  );
}
