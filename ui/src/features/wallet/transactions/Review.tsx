/** The lines of a transaction, made by the program from the bytes that are signed. Amounts are never hidden here. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ReviewLine, TransactionView } from "../../../bindings";
import { Address } from "../../../components/Address";
import { Amount } from "../../../components/Amount";
import { deviceAmount } from "../../../components/amountText";
import { Fold } from "../../../components/Fold";
import { KeyValues } from "../../../components/layout/Row";
import { useProgramText } from "../../../i18n/sentence";
import classes from "./Transaction.module.css";

/** Lines that only explain the others. */
const EXPERT: ReadonlySet<string> = new Set(["template", "method", "genesis_id", "max_gas"]);

/** Draws the lines. */
export function Review({ transaction }: { transaction: TransactionView }) {
  const { t } = useTranslation();
  const text = useProgramText();
  // Lines come from the program; those the catalogue does not know keep their English label.
  const label = (line: ReviewLine) => text(`wallet:lines.${line.key}`) ?? line.label;
  const pairs = (lines: ReviewLine[]) => lines.map((line) => [label(line), <Value line={line} />] as const);
  return (
    <div className={classes.review}>
      <p className="small ink-2">{t("wallet:transaction.fromBytes")}</p>
      <KeyValues ruled spread pairs={pairs(transaction.lines.filter((line) => !EXPERT.has(line.key)))} />
      <Fold title={t("wallet:linesMore")}>
        <KeyValues spread pairs={pairs(transaction.lines.filter((line) => EXPERT.has(line.key)))} />
      </Fold>
    </div>
  );
}

function Value({ line }: { line: ReviewLine }): ReactNode {
  switch (line.kind) {
    case "address":
      return (
        <>
          {line.name !== null && (
            <>
              <span className="strong">{line.name}</span>
              <br />
            </>
          )}
          <Address address={line.value} full />
        </>
      );
    case "amount": {
      const smidge = deviceAmount(line.value);
      return <strong>{smidge === undefined ? line.value : <Amount smidge={smidge} always />}</strong>;
    }
    case "hex":
      return <span className="mono">{line.value}</span>;
    default:
      return (
        <>
          {line.name !== null && `${line.name} · `}
          {line.value}
        </>
      );
  }
}
