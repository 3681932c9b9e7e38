/** All accounts: name, kind, key, state, balance. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { navigate } from "../../app/router";
import type { AccountView } from "../../bindings";
import { Address } from "../../components/Address";
import { Amount } from "../../components/Amount";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Icon } from "../../components/Icon";
import { Page } from "../../components/layout/Page";
import { Row } from "../../components/layout/Row";
import { OrbitPrint } from "../../components/OrbitPrint";
import { RecordTable, type Column } from "../../components/RecordTable";
import { StateGlyph, StatusPill } from "../../components/StatusPill";
import { stateOf } from "../../components/tone";
import { useSentence } from "../../i18n/sentence";
import { useData } from "../../transport";
import { smidgeOf, useKeyText, useKind } from "./account";
import classes from "./Accounts.module.css";
import { WalletTabs } from "./WalletTabs";

/** The page. */
export function Accounts() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const kind = useKind();
  const keyText = useKeyText();
  const answer = useData("accounts");
  const accounts = answer.data?.accounts ?? [];
  const keys = answer.data?.keys ?? [];
  const recoverable = (account: AccountView) => keys.some((key) => key.publicKey === account.publicKey && key.recoverable);

  const columns: Column<AccountView>[] = [
    {
      id: "account",
      head: t("wallet:accounts.account"),
      phone: "main",
      cell: (account) => (
        <Row gap={3}>
          <OrbitPrint address={account.address.plain} size={26} />
          <span>
            <span className="strong">{account.name}</span>
            <br />
            <Address address={account.address.plain} />
          </span>
        </Row>
      ),
    },
    { id: "kind", head: t("wallet:accounts.kind"), cell: kind },
    {
      id: "key",
      head: t("wallet:accounts.key"),
      phone: "hidden",
      cell: (account) => (
        <Row gap={2} align="baseline">
          {recoverable(account) && <StateGlyph state="ok" decorative />}
          <span>{keyText(account, keys)}</span>
        </Row>
      ),
    },
    {
      id: "state",
      head: t("wallet:accounts.state"),
      cell: (account) =>
        account.marks.length === 0 ? (
          <StatusPill state="off">{sentence(account.state)}</StatusPill>
        ) : (
          <ul>
            {account.marks.map((mark) => (
              <li key={mark.kind}>
                <StatusPill state={stateOf(mark.tone)}>{sentence(mark.text)}</StatusPill>
              </li>
            ))}
          </ul>
        ),
    },
    { id: "balance", head: t("wallet:accounts.balance"), align: "right", phone: "side", cell: (account) => <Amount smidge={smidgeOf(account.balance)} /> },
  ];

  return (
    <Page title={t("wallet:accounts.title")} titleHidden tabs={<WalletTabs />}>
      <div className={classes.head}>
        <p className="ink-2">{t("wallet:accounts.under", { count: accounts.length, keys: t("wallet:accounts.keys", { count: keys.length }) })}</p>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={() => navigate("/wallet/accounts/add")}>
          {t("wallet:accounts.add")}
        </Button>
      </div>
      {answer.isError && <ErrorPanel error={answer.error} />}
      {answer.data && accounts.length === 0 ? (
        <EmptyState title={t("wallet:accounts.empty")}>{t("wallet:accounts.emptyText")}</EmptyState>
      ) : (
        <RecordTable
          label={t("wallet:accounts.title")}
          columns={columns}
          rows={accounts}
          rowKey={(account) => account.id}
          onOpen={(account) => navigate(`/wallet/accounts/${account.id}`)}
          copy={{ text: (account) => account.address.plain, what: t("components:address.what") }}
        />
      )}
      {answer.data && <p className={classes.note}>{sentence(answer.data.balanceNote)}</p>}
    </Page>
  );
}
