/** How an address is written: groups of four for comparing, a short form that keeps what tells addresses apart. */

/** The characters after the separator that are the same for every account: 20 of the 24 bytes are the hash, the first 4 are zero. */
const SAME_FOR_ALL = 6;
/** Characters of the checksum. */
const CHECKSUM = 6;
/** Characters that tell accounts apart in the short form. */
const TELLING = 4;

/** One character with its role. */
export interface AddressSpan {
  text: string;
  role: "prefix" | "body" | "checksum";
}

/** The human-readable part with its separator, "sm1". */
export function prefixOf(address: string): string {
  const separator = address.lastIndexOf("1");
  return separator > 0 ? address.slice(0, separator + 1) : "";
}

/** Whether the address belongs to another network than mainnet. */
export function isTestAddress(address: string): boolean {
  const prefix = prefixOf(address);
  return prefix !== "" && prefix !== "sm1";
}

/** Groups of four; inside each the roles: the start that is the same for all, the body, the last six. */
export function addressGroups(address: string): AddressSpan[][] {
  const sameUntil = prefixOf(address).length + SAME_FOR_ALL;
  const checksumFrom = address.length - CHECKSUM;
  const roleAt = (index: number): AddressSpan["role"] => (index < sameUntil ? "prefix" : index >= checksumFrom ? "checksum" : "body");
  const groups: AddressSpan[][] = [];
  for (let start = 0; start < address.length; start += 4) {
    const spans: AddressSpan[] = [];
    for (let index = start; index < Math.min(start + 4, address.length); index += 1) {
      const role = roleAt(index);
      const last = spans.at(-1);
      if (last?.role === role) last.text += address.charAt(index);
      else spans.push({ text: address.charAt(index), role });
    }
    groups.push(spans);
  }
  return groups;
}

/** The short form: prefix, four telling characters, the whole checksum. */
export function shortAddress(address: string): { prefix: string; telling: string; checksum: string } {
  const prefix = prefixOf(address);
  const from = prefix.length + SAME_FOR_ALL;
  return { prefix, telling: address.slice(from, from + TELLING), checksum: address.slice(-CHECKSUM) };
}

/** The short form as text, for titles and sentences. */
export function shortAddressText(address: string): string {
  const { prefix, telling, checksum } = shortAddress(address);
  return `${prefix}…${telling}…${checksum}`;
}
