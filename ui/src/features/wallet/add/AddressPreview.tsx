/** The address an account would have, and what to look out for. Signers compare it aloud before anybody pays in. */
import type { UseQueryResult } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { AccountPreview } from "../../../bindings";
import { Address } from "../../../components/Address";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { Stack } from "../../../components/layout/Row";
import { Notice } from "../../../components/Notice";
import { OrbitPrint } from "../../../components/OrbitPrint";
import { stateOf } from "../../../components/tone";
import { useSentence } from "../../../i18n/sentence";
import classes from "./AddAccount.module.css";

/** Draws it once there is one. */
export function AddressPreview({ preview }: { preview: UseQueryResult<AccountPreview, unknown> }) {
  const { t } = useTranslation();
  const sentence = useSentence();
  if (preview.isError) return <ErrorPanel inline error={preview.error} />;
  if (preview.data === undefined) return null;
  return (
    <div className={classes.preview}>
      <Stack gap={2}>
        <h2>{t("wallet:add.address")}</h2>
        <OrbitPrint address={preview.data.address.plain} size={34} />
        <Address address={preview.data.address.plain} grid />
        <p className="small ink-2">{t("wallet:add.aloud")}</p>
        {preview.data.existing !== null && <Notice kind="neutral" title={t("wallet:add.existing", { name: preview.data.existing })} />}
        {preview.data.notes.map((note) => (
          <Notice key={note.text.key} kind={stateOf(note.tone) === "warn" ? "attention" : "neutral"} title={sentence(note.text)} />
        ))}
      </Stack>
    </div>
  );
}
