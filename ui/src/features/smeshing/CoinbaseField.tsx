/** Where rewards go: an own account, or any address; with a locked wallet only an address. */
import { NativeSelect } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useOpenSession } from "../../app/session";
import { Address } from "../../components/Address";
import { AddressInput, plainAddress } from "../../components/AddressInput";
import { useDataWhen } from "../../transport";
import classes from "./smeshing.module.css";

const OTHER = "other";

interface CoinbaseFieldProps {
  value: string;
  onChange: (address: string) => void;
}

/** The own accounts, or none while the wallet is locked. */
function useOwnAccounts() {
  const unlocked = useOpenSession() !== undefined;
  const { data } = useDataWhen("accounts", unlocked ? [] : undefined);
  return { unlocked, accounts: unlocked ? (data?.accounts ?? []) : [] };
}

export function CoinbaseField({ value, onChange }: CoinbaseFieldProps) {
  const { t } = useTranslation("smeshing");
  const { unlocked, accounts } = useOwnAccounts();
  const own = accounts.find((account) => account.address.plain === plainAddress(value));
  return (
    <div className={classes.fields}>
      {accounts.length > 0 && (
        <NativeSelect
          label={t("setup.coinbase.field")}
          value={own === undefined ? OTHER : own.address.plain}
          onChange={(event) => onChange(event.currentTarget.value === OTHER ? "" : event.currentTarget.value)}
          data={[
            ...accounts.map((account) => ({ value: account.address.plain, label: `${account.name}, ${account.address.short}` })),
            { value: OTHER, label: t("setup.coinbase.other") },
          ]}
        />
      )}
      {own === undefined && (
        <AddressInput
          label={t("setup.coinbase.address")}
          description={unlocked ? undefined : t("setup.coinbase.locked")}
          value={value}
          onChange={onChange}
          suggest="contacts"
        />
      )}
    </div>
  );
}

/** The chosen account or address, as the value of a folded row. */
export function CoinbaseSummary({ value }: { value: string }) {
  const { t } = useTranslation("smeshing");
  const { accounts } = useOwnAccounts();
  const plain = plainAddress(value);
  if (plain === "") {
    return t("setup.coinbase.none");
  }
  const own = accounts.find((account) => account.address.plain === plain);
  return <Address address={plain} {...(own === undefined ? {} : { name: own.name })} />;
}
