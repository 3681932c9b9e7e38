/** The members of a shared account in its order: who has signed, who can, whose signature does not fit. */
import { useTranslation } from "react-i18next";
import type { SignatureState, SignatureView, TransactionView } from "../../../bindings";
import { RecordTable, type Column } from "../../../components/RecordTable";
import { StatusPill, type State } from "../../../components/StatusPill";
import classes from "./Transaction.module.css";

const states: Record<SignatureState, State> = { valid: "ok", invalid: "bad", unchecked: "warn", can_sign: "run", missing: "off", not_needed: "off" };

/** Draws the members. */
export function Signatures({ transaction }: { transaction: TransactionView }) {
  const { t } = useTranslation();
  const columns: Column<SignatureView>[] = [
    {
      id: "member",
      head: t("wallet:signatures.member"),
      phone: "main",
      cell: (signature) => (
        <>
          <span className="strong">{signature.ownKey === null ? t("wallet:signatures.number", { index: signature.index + 1 }) : t("wallet:signatures.you", { name: signature.ownKey })}</span>
          <div className={classes.memberKey}>{signature.publicKey ?? t("wallet:signatures.unknownKey")}</div>
        </>
      ),
    },
    { id: "state", head: t("wallet:accounts.state"), cell: (signature) => <StatusPill state={states[signature.state]}>{t(`wallet:signatures.${signature.state}`)}</StatusPill> },
  ];
  return (
    <section>
      <h2 className={classes.heading}>
        {transaction.required === null
          ? t("wallet:signatures.titleUnknown", { present: transaction.present })
          : t("wallet:signatures.title", { present: transaction.present, required: transaction.required })}
      </h2>
      <RecordTable label={t("wallet:signatures.label")} columns={columns} rows={transaction.signatures} rowKey={(signature) => String(signature.index)} />
    </section>
  );
}
