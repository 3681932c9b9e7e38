/** What several wallet pages say about an account. */
import { useTranslation } from "react-i18next";
import type { AccountView, KeyView } from "../../bindings";

/** An amount of the program; `null` when nobody knows it. */
export function smidgeOf(amount: string | null): bigint | null {
  return amount === null ? null : BigInt(amount);
}

/** "Single key", "Multisig, 2 of 4", "Vault". */
export function useKind(): (account: Pick<AccountView, "template" | "required" | "members">) => string {
  const { t } = useTranslation();
  return (account) => {
    const base = t(`wallet:templates.${account.template}`);
    return account.required === null ? base : t("wallet:kindOf", { kind: base, required: account.required, members: account.members.length });
  };
}

/** "words, key 0", "imported key", "watch only": where the key of an account is. */
export function useKeyText(): (account: AccountView, keys: KeyView[]) => string {
  const { t } = useTranslation();
  return (account, keys) => {
    if (account.template === "vault") return t("wallet:key.vault");
    if (account.template === "multisig" || account.template === "vesting") {
      const own = account.members.filter((member) => member.ownKey !== null).length;
      return own === 0 ? t("wallet:key.watch") : t("wallet:key.members", { count: own });
    }
    const key = keys.find((candidate) => candidate.publicKey === account.publicKey);
    if (key === undefined) return t("wallet:key.watch");
    if (key.origin === "words") return t("wallet:key.words", { index: pathIndex(key.path) });
    if (key.origin === "ledger") return t("wallet:key.ledger", { index: pathIndex(key.path) });
    return t("wallet:key.imported");
  };
}

/** The last number of a path: which key it is. */
export function pathIndex(path: string | null): string {
  return /(\d+)'?$/.exec(path ?? "")?.[1] ?? "?";
}

/** Accounts a payment can come from. */
export function canPay(account: AccountView): boolean {
  return account.template === "single" || account.template === "multisig" || account.template === "vesting";
}
