/** A vault: its owner and its terms; for owners of genesis the terms are proposed. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { VaultArgs, VaultProposal } from "../../../bindings";
import { AddressInput, plainAddress, useAddressCheck } from "../../../components/AddressInput";
import { AmountInput, amountOf } from "../../../components/AmountInput";
import { smhInputText } from "../../../components/amountText";
import { Row, Stack } from "../../../components/layout/Row";
import { Notice } from "../../../components/Notice";
import { useCommand, useDataWhen } from "../../../transport";
import classes from "./AddAccount.module.css";
import { AddressPreview } from "./AddressPreview";
import { FormFoot, useAdded } from "./FormFoot";

const LAYER = /^\d{1,9}$/;

/** The form. */
export function AddVault() {
  const { t } = useTranslation();
  const added = useAdded();
  const add = useCommand("add_vault_account");
  const [name, setName] = useState("");
  const [owner, setOwner] = useState("");
  const [total, setTotal] = useState("");
  const [initial, setInitial] = useState("");
  const [start, setStart] = useState("");
  const [end, setEnd] = useState("");
  const ownerFits = useAddressCheck(owner)?.valid === true;
  const proposal = useDataWhen("propose_vault", ownerFits ? [{ address: plainAddress(owner) }] : undefined);
  const smidge = { total: amountOf(total), initial: amountOf(initial, true) };
  const fits = ownerFits && smidge.total !== undefined && smidge.initial !== undefined && LAYER.test(start) && LAYER.test(end);
  const args: VaultArgs | undefined = fits
    ? {
        name: name.trim() === "" ? "-" : name.trim(),
        owner: plainAddress(owner),
        total: (smidge.total ?? 0n).toString(),
        initialUnlock: (smidge.initial ?? 0n).toString(),
        vestingStart: Number(start),
        vestingEnd: Number(end),
      }
    : undefined;
  const preview = useDataWhen("preview_vault", args && [args]);

  const takeProposal = ({ total: all, initialUnlock, vestingStart, vestingEnd }: VaultProposal) => {
    if (all !== null) setTotal(smhInputText(BigInt(all)));
    if (initialUnlock !== null) setInitial(smhInputText(BigInt(initialUnlock)));
    setStart(String(vestingStart));
    setEnd(String(vestingEnd));
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (args) add.mutate({ ...args, name: name.trim() }, { onSuccess: added });
      }}
    >
      <Stack>
        <TextInput label={t("wallet:account.name")} value={name} maxLength={64} autoFocus autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
        <AddressInput label={t("wallet:vault.owner")} value={owner} onChange={setOwner} description={t("wallet:add.ownerText")} />
        {proposal.data && ownerFits && (
          <Notice
            kind="neutral"
            title={proposal.data.genesisOwner ? t("wallet:add.genesisOwner") : t("wallet:add.usualTerms")}
            action={
              <Button size="xs" variant="default" onClick={() => takeProposal(proposal.data)}>
                {t("wallet:add.useTerms")}
              </Button>
            }
          />
        )}
        <div className={classes.two}>
          <AmountInput label={t("wallet:vault.total")} value={total} onChange={setTotal} />
          <AmountInput label={t("wallet:vault.initial")} value={initial} onChange={setInitial} zero />
          <TextInput label={t("wallet:add.start")} inputMode="numeric" value={start} error={start !== "" && !LAYER.test(start) ? t("wallet:add.layerFault") : undefined} onChange={(event) => setStart(event.currentTarget.value.trim())} />
          <TextInput label={t("wallet:add.end")} inputMode="numeric" value={end} error={end !== "" && !LAYER.test(end) ? t("wallet:add.layerFault") : undefined} onChange={(event) => setEnd(event.currentTarget.value.trim())} />
        </div>
        <Row>
          <p className="small ink-3">{t("wallet:add.vaultText")}</p>
        </Row>
        <AddressPreview preview={preview} />
        <FormFoot error={add.error} busy={add.isPending} ready={args !== undefined && name.trim() !== "" && preview.data?.existing === null} />
      </Stack>
    </form>
  );
}
