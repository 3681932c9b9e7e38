/** An amount: whole SMH in ink, decimals in ink-3, always with a unit; the exact SMH and smidge on hover and for readers. */
import { useTranslation } from "react-i18next";
import classes from "./Amount.module.css";
import { smhParts, smhText, smidgeText } from "./amountText";
import { useAmountsHidden, useAmountUnit } from "./amountsHidden";

interface AmountProps {
  /** The amount; `undefined` while loading, `null` when nobody knows it ("–"). */
  smidge: bigint | null | undefined;
  /** Otherwise the one of the settings. */
  unit?: "SMH" | "smidge";
  /** Shows a plus in front of what came in. */
  signed?: boolean;
  size?: "text" | "big";
  /** Shown although amounts are hidden: what a person is about to sign is never hidden. */
  always?: boolean;
}

/** Draws an amount. */
export function Amount({ smidge, unit: wanted, signed = false, size = "text", always = false }: AmountProps) {
  const { t } = useTranslation();
  const hidden = useAmountsHidden() && !always;
  const usual = useAmountUnit();
  const unit = wanted ?? usual;
  const name = `${classes.amount} ${size === "big" ? classes.big : ""}`;
  if (smidge === undefined) return <span className={classes.skeleton} role="img" aria-label={t("frame:loading")} />;
  if (smidge === null) {
    return (
      <span className={name} title={t("components:amount.unknown")}>
        <span aria-hidden="true">–</span>
        <span className="reader-only">{t("components:amount.unknown")}</span>
      </span>
    );
  }
  if (hidden) {
    return (
      <span className={name}>
        <span aria-hidden="true">••••</span>
        <span className="reader-only">{t("components:amount.hidden")}</span>
        <span className={classes.unit}>{unit}</span>
      </span>
    );
  }
  const exact = t("components:amount.exact", { smh: smhText(smidge), smidge: smidgeText(smidge) });
  if (unit === "smidge") {
    return (
      <span className={name} title={exact}>
        {smidgeText(smidge)}
        <span className={classes.unit}>{unit}</span>
      </span>
    );
  }
  const { sign, whole, decimals } = smhParts(smidge, signed);
  return (
    <span className={name} title={exact}>
      {sign}
      {whole}
      {decimals !== "" && <span className={classes.decimals}>.{decimals}</span>}
      <span className={classes.unit}>{unit}</span>
    </span>
  );
}
