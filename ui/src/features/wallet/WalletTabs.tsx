/** The tabs of the wallet. History and rewards appear with the node that knows them. */
import { useTranslation } from "react-i18next";
import { Tabs } from "../../components/layout/Page";

/** Draws the tabs. */
export function WalletTabs() {
  const { t } = useTranslation();
  return (
    <Tabs
      items={[
        { to: "/wallet", label: t("wallet:tabs.overview") },
        { to: "/wallet/accounts", label: t("wallet:tabs.accounts") },
        { to: "/wallet/transactions", label: t("wallet:tabs.transactions") },
        { to: "/wallet/sign", label: t("wallet:tabs.sign") },
        { to: "/wallet/verify", label: t("wallet:tabs.verify") },
      ]}
    />
  );
}
