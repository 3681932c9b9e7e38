/** Signatures made elsewhere: the signed file of another member, or one signature alone. Each is checked before it is added. */
import { Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FileSource, TransactionView } from "../../../bindings";
import { announce } from "../../../components/announce";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { FilePick } from "../../../components/FilePick";
import { sourceOf } from "../../../components/files";
import { Fold } from "../../../components/Fold";
import { Stack } from "../../../components/layout/Row";
import { useCommand } from "../../../transport";
import classes from "./Transaction.module.css";

/** The form. */
export function MergeSignatures({ transaction }: { transaction: TransactionView }) {
  const { t } = useTranslation();
  const merge = useCommand("import_transaction");
  const add = useCommand("add_signature");
  const [signature, setSignature] = useState("");
  const open = transaction.signatures.filter((member) => member.state !== "valid" && member.state !== "not_needed");
  const [index, setIndex] = useState<string | null>(null);
  const chosen = index ?? (open[0] ? String(open[0].index) : null);
  const added = () => announce(t("wallet:merge.added"));
  const take = (sources: FileSource[]) => merge.mutate({ sources: [{ kind: "text", text: transaction.rawHex }, ...sources], inspectOnly: false }, { onSuccess: added });
  return (
    <section>
      <h2 className={classes.heading}>{t("wallet:merge.title")}</h2>
      <Stack gap={3}>
        <FilePick multiple accept=".hex,.txt" hint={t("wallet:merge.hint")} onPick={(files) => void Promise.all(files.map(sourceOf)).then(take)} />
        {merge.isError && <ErrorPanel inline error={merge.error} />}
        <Fold title={t("wallet:merge.one")}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              add.mutate(
                { transaction: transaction.id, index: Number(chosen), signature: signature.trim() },
                {
                  onSuccess: () => {
                    setSignature("");
                    added();
                  },
                },
              );
            }}
          >
            <Stack gap={3}>
              <Select
                label={t("wallet:merge.member")}
                value={chosen}
                allowDeselect={false}
                data={open.map((member) => ({ value: String(member.index), label: t("wallet:signatures.number", { index: member.index + 1 }) }))}
                onChange={setIndex}
              />
              <TextInput label={t("wallet:merge.signature")} value={signature} spellCheck={false} autoComplete="off" onChange={(event) => setSignature(event.currentTarget.value)} />
              {add.isError && <ErrorPanel inline error={add.error} />}
              <Button type="submit" variant="default" disabled={signature.trim() === "" || chosen === null} loading={add.isPending}>
                {t("wallet:merge.add")}
              </Button>
            </Stack>
          </form>
        </Fold>
      </Stack>
    </section>
  );
}
