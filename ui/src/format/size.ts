/**
 * Sizes, rates and counts as a person reads them.
 *
 * Byte and label counts may exceed 2^53: they enter as bigint, as decimal string, or as number where the value is a rate.
 * Units are binary, with at most four significant digits; groups of three are separated by commas.
 */
import i18next from "i18next";

export type Count = bigint | string | number;

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;

function toBigInt(value: Count): bigint {
  return typeof value === "number" ? BigInt(Math.max(0, Math.round(value))) : BigInt(value);
}

/** Groups of three: 17179869184 becomes "17,179,869,184". */
export function formatCount(value: Count): string {
  return toBigInt(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

function scaled(value: bigint): { text: string; unit: string } {
  let unit = 0;
  let divisor = 1n;
  while (unit < UNITS.length - 1 && value >= divisor * 1024n) {
    divisor *= 1024n;
    unit += 1;
  }
  if (unit === 0) {
    return { text: value.toString(), unit: "B" };
  }
  // Tenths below 1000, none above; rounded half up in integers.
  const tenths = (value * 10n + divisor / 2n) / divisor;
  const whole = tenths / 10n;
  const tenth = tenths % 10n;
  const text = tenth === 0n || whole >= 1000n ? formatCount(whole) : `${whole.toString()}.${tenth.toString()}`;
  return { text, unit: UNITS[unit] ?? "B" };
}

/** "256 GiB", "158.2 GiB", "1 TiB". */
export function formatBytes(value: Count): string {
  const { text, unit } = scaled(toBigInt(value));
  return `${text} ${unit}`;
}

/** "158.2 of 256 GiB": the unit once when both share it. */
export function formatBytesOf(done: Count, total: Count): string {
  const d = scaled(toBigInt(done));
  const t = scaled(toBigInt(total));
  const left = d.unit === t.unit ? d.text : `${d.text} ${d.unit}`;
  return i18next.t("format:of", { done: left, total: `${t.text} ${t.unit}` });
}

/** "183 MiB/s". */
export function formatByteRate(bytesPerSecond: number): string {
  return i18next.t("format:perSecond", { value: formatBytes(bytesPerSecond) });
}

/** "624,000 labels/s": three significant digits, so that a figure that trembles stays readable. */
export function formatLabelRate(labelsPerSecond: number): string {
  return i18next.t("format:labelsPerSecond", { value: formatCount(significant(labelsPerSecond, 3)) });
}

/** Rounds to `digits` significant digits; whole numbers only. */
export function significant(value: number, digits: number): number {
  if (!Number.isFinite(value) || value <= 0) {
    return 0;
  }
  const magnitude = Math.floor(Math.log10(value));
  const step = 10 ** Math.max(0, magnitude - digits + 1);
  return Math.round(value / step) * step;
}

/** A part of a whole in percent with one decimal, cut and never rounded up: "99.9 %" until all is done. */
export function formatPercent(done: Count, total: Count): string {
  const t = toBigInt(total);
  const permille = t === 0n ? 0n : (toBigInt(done) * 1000n) / t;
  return i18next.t("format:percent", { value: `${(permille / 10n).toString()}.${(permille % 10n).toString()}` });
}

/** A part of a whole from 0 to 1, for bars. */
export function fraction(done: Count, total: Count): number {
  const t = toBigInt(total);
  if (t === 0n) {
    return 0;
  }
  const parts = (toBigInt(done) * 100_000n) / t;
  return Math.min(1, Number(parts) / 100_000);
}
