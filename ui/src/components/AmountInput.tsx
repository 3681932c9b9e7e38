/** An amount as text: SMH with the exact smidge below, its faults in words. Never through a JavaScript number. */
import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Amount.module.css";
import { parseSmh, smidgeText } from "./amountText";

interface AmountInputProps {
  label: ReactNode;
  /** What was typed. */
  value: string;
  onChange: (value: string) => void;
  /** Shows faults of an empty field too. */
  strict?: boolean;
  /** Zero is an amount here. */
  zero?: boolean;
  big?: boolean;
  description?: ReactNode;
}

/** The smidge of a typed amount, if it is one. */
export function amountOf(value: string, zero = false): bigint | undefined {
  const parsed = parseSmh(value);
  return "smidge" in parsed && (zero || parsed.smidge > 0n) ? parsed.smidge : undefined;
}

/** The field. */
export function AmountInput({ label, value, onChange, strict = false, zero = false, big = false, description }: AmountInputProps) {
  const { t } = useTranslation();
  const parsed = parseSmh(value);
  const fault = "fault" in parsed ? parsed.fault : parsed.smidge === 0n && !zero ? ("zero" as const) : undefined;
  const early = (fault === "empty" || fault === "zero") && !strict;
  return (
    <TextInput
      label={label}
      value={value}
      inputMode="decimal"
      autoComplete="off"
      classNames={big ? { input: classes.bigInput } : undefined}
      rightSection={<span aria-hidden="true">{t("components:amount.unit")}</span>}
      rightSectionWidth={56}
      placeholder="0.0"
      inputWrapperOrder={["label", "input", "error", "description"]}
      error={fault !== undefined && !early ? t(`components:amount.faults.${fault}`) : undefined}
      description={"smidge" in parsed && parsed.smidge > 0n ? t("components:amount.smidge", { value: smidgeText(parsed.smidge) }) : description}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
