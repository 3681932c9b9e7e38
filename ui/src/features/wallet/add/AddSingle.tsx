/** A single-key account on the next unused path of the words. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Fold } from "../../../components/Fold";
import { Stack } from "../../../components/layout/Row";
import { PasswordField } from "../../../components/PasswordField";
import { useSecretCommand } from "../../../transport";
import classes from "./AddAccount.module.css";
import { FormFoot, useAdded } from "./FormFoot";

/** The form. */
export function AddSingle() {
  const { t } = useTranslation();
  const added = useAdded();
  const add = useSecretCommand("add_single_account");
  const [name, setName] = useState("");
  const [path, setPath] = useState("");
  const [password, setPassword] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(
          { name: name.trim(), path: path.trim() === "" ? null : path.trim(), password },
          { onSuccess: added, onSettled: () => setPassword("") },
        );
      }}
    >
      <Stack>
        <TextInput label={t("wallet:account.name")} value={name} maxLength={64} autoFocus autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
        <PasswordField label={t("wallet:add.password")} description={t("wallet:add.passwordWords")} value={password} onChange={setPassword} />
        <Fold title={t("wallet:account.path")} value={path.trim() === "" ? t("wallet:add.nextPath") : path}>
          <TextInput
            aria-label={t("wallet:account.path")}
            description={t("wallet:add.pathText")}
            inputWrapperOrder={["input", "description"]}
            classNames={{ input: classes.mono }}
            placeholder="m/44'/540'/0'/0'/0'"
            value={path}
            onChange={(event) => setPath(event.currentTarget.value)}
          />
        </Fold>
        <FormFoot error={add.error} busy={add.isPending} ready={name.trim() !== "" && password !== ""} />
      </Stack>
    </form>
  );
}
