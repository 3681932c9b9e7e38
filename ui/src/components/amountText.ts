/**
 * Smidge ↔ text, exactly. 1 SMH = 10^9 smidge (02 §4). Everything is a `bigint` or a string; a JavaScript number never holds an amount.
 */

/** Smidge in one SMH. */
export const SMIDGE_PER_SMH = 1_000_000_000n;
const DECIMALS = 9;
const MAX_U64 = (1n << 64n) - 1n;
/** Narrow no-break space: groups decimals. */
const NARROW = "\u202f";
/** The minus sign of typography. */
export const MINUS = "\u2212";

/** An amount taken apart for drawing. */
export interface AmountParts {
  /** "", "−" or "+". */
  sign: string;
  /** Whole SMH in groups of three, "1,284". */
  whole: string;
  /** Without the point: "" or at least three digits, in groups of three, trailing zeros beyond three cut. */
  decimals: string;
}

/** An amount of smidge as SMH. With `signed`, what is above zero gets a plus. */
export function smhParts(smidge: bigint, signed = false): AmountParts {
  const negative = smidge < 0n;
  const value = negative ? -smidge : smidge;
  const digits = (value % SMIDGE_PER_SMH).toString().padStart(DECIMALS, "0");
  const significant = digits.replace(/0+$/, "");
  const shown = significant === "" ? "" : digits.slice(0, Math.max(3, significant.length));
  return {
    sign: negative ? MINUS : signed && smidge > 0n ? "+" : "",
    whole: groups(value / SMIDGE_PER_SMH, ","),
    decimals: shown.replace(/(\d{3})(?=\d)/g, `$1${NARROW}`),
  };
}

/** "12.500 036 218 SMH" in one string. */
export function smhText(smidge: bigint, signed = false): string {
  const { sign, whole, decimals } = smhParts(smidge, signed);
  return `${sign}${whole}${decimals === "" ? "" : `.${decimals}`}`;
}

/** For buttons and titles: without the padding zeros, "12.5". */
export function smhShortText(smidge: bigint): string {
  const { sign, whole, decimals } = smhParts(smidge);
  const cut = decimals.replace(/0+$/, "");
  return `${sign}${whole}${cut === "" ? "" : `.${cut}`}`;
}

/** What fits into an input: no groups, "12.5". Reads back as the same amount. */
export function smhInputText(smidge: bigint): string {
  const whole = smidge / SMIDGE_PER_SMH;
  const decimals = (smidge % SMIDGE_PER_SMH).toString().padStart(DECIMALS, "0").replace(/0+$/, "");
  return decimals === "" ? whole.toString() : `${whole}.${decimals}`;
}

/** "36,218". */
export function smidgeText(smidge: bigint): string {
  return smidge < 0n ? `${MINUS}${groups(-smidge, ",")}` : groups(smidge, ",");
}

function groups(value: bigint, separator: string): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, separator);
}

/** Reads an amount as devices write it: "SMH 12.5", "SMIDGE 500". */
export function deviceAmount(text: string): bigint | undefined {
  const smidge = /^SMIDGE (\d+)$/.exec(text)?.[1];
  if (smidge !== undefined) return BigInt(smidge);
  const parsed = parseSmh(text.replace(/^SMH /, ""));
  return "smidge" in parsed ? parsed.smidge : undefined;
}

/** Why a text is not an amount. */
export type AmountFault = "empty" | "notANumber" | "decimals" | "comma" | "tooLarge";

/**
 * Reads what a person typed or pasted as SMH. Spaces of any kind are ignored; the decimal point is a point. Commas count as groups of three only
 * where nothing else can be meant ("1,284.5", "1,000,000"): "1,284" alone would be a thousand times too much for half of Europe.
 */
export function parseSmh(text: string): { smidge: bigint } | { fault: AmountFault } {
  const plain = text.replace(/[\s\u00a0\u2009\u202f']/g, "").replace(/SMH$/i, "");
  if (plain === "") return { fault: "empty" };
  let digits = plain;
  if (plain.includes(",")) {
    const grouped = /^\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain);
    const commas = plain.split(",").length - 1;
    if (!grouped || (commas === 1 && !plain.includes("."))) {
      return { fault: /^[\d.,]+$/.test(plain) ? "comma" : "notANumber" };
    }
    digits = plain.replaceAll(",", "");
  }
  const match = /^(\d*)(?:\.(\d*))?$/.exec(digits);
  if (match === null || digits === ".") return { fault: "notANumber" };
  const [, whole = "", decimals = ""] = match;
  if (decimals.replace(/0+$/, "").length > DECIMALS) return { fault: "decimals" };
  const smidge = BigInt(whole === "" ? "0" : whole) * SMIDGE_PER_SMH + BigInt(decimals.slice(0, DECIMALS).padEnd(DECIMALS, "0"));
  return smidge > MAX_U64 ? { fault: "tooLarge" } : { smidge };
}
