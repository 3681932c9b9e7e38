/** Transactions kept in the wallet: signed or not, on their way to other signers. What the network did with them only a node knows. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { navigate } from "../../../app/router";
import type { TransactionView } from "../../../bindings";
import { Amount } from "../../../components/Amount";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { Icon } from "../../../components/Icon";
import { Page } from "../../../components/layout/Page";
import { RecordTable, type Column } from "../../../components/RecordTable";
import { StatusPill } from "../../../components/StatusPill";
import { stateOf } from "../../../components/tone";
import { formatInstant, useClock } from "../../../format";
import { useSentence } from "../../../i18n/sentence";
import { useData } from "../../../transport";
import { WalletTabs } from "../WalletTabs";
import classes from "../Accounts.module.css";

/** The page. */
export function Transactions() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const { now, zone } = useClock();
  const answer = useData("transactions");
  const columns: Column<TransactionView>[] = [
    {
      id: "what",
      head: t("wallet:transactions.what"),
      phone: "main",
      cell: (transaction) => (
        <>
          <span className="strong">{sentence(transaction.title)}</span>
          {transaction.note !== "" && <div className="ink-3">{t("wallet:transactions.note", { note: transaction.note })}</div>}
        </>
      ),
    },
    { id: "state", head: t("wallet:accounts.state"), cell: (transaction) => <StatusPill state={stateOf(transaction.tone)}>{sentence(transaction.state)}</StatusPill> },
    { id: "nonce", head: t("wallet:send.nonce"), phone: "hidden", cell: (transaction) => transaction.nonce },
    { id: "when", head: t("wallet:transactions.when"), phone: "hidden", cell: (transaction) => transaction.addedAt !== null && formatInstant(Date.parse(transaction.addedAt), now, zone) },
    {
      id: "amount",
      head: t("components:amount.label"),
      align: "right",
      phone: "side",
      cell: (transaction) => transaction.amount !== null && <Amount smidge={-BigInt(transaction.amount)} />,
    },
  ];
  return (
    <Page title={t("wallet:transactions.title")} titleHidden tabs={<WalletTabs />}>
      <div className={classes.head}>
        <p className="ink-2">{t("wallet:transactions.under")}</p>
        <Button variant="default" leftSection={<Icon name="file" size={16} />} onClick={() => navigate("/wallet/transactions/import")}>
          {t("wallet:transactions.import")}
        </Button>
      </div>
      {answer.isError && <ErrorPanel error={answer.error} />}
      {answer.data?.length === 0 ? (
        <EmptyState title={t("wallet:overview.emptyTitle")} action={<Button onClick={() => navigate("/wallet/send")}>{t("wallet:overview.send")}</Button>}>
          {t("wallet:overview.emptyText")}
        </EmptyState>
      ) : (
        <RecordTable
          label={t("wallet:transactions.title")}
          columns={columns}
          rows={answer.data ?? []}
          rowKey={(transaction) => transaction.id}
          onOpen={(transaction) => navigate(`/wallet/transactions/${transaction.id}`)}
          copy={{ text: (transaction) => transaction.transactionId ?? transaction.id, what: t("wallet:transactions.id") }}
        />
      )}
    </Page>
  );
}
