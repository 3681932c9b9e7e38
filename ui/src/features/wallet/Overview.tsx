/** The overview: the total or that nobody knows it yet, send and receive, accounts, transactions on their way. */
import { ActionIcon, Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useRunAction } from "../../app/frame/actionContext";
import { Link, navigate } from "../../app/router";
import { Address } from "../../components/Address";
import { Amount } from "../../components/Amount";
import { useAmountsHidden } from "../../components/amountsHidden";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Icon } from "../../components/Icon";
import { Page, Split } from "../../components/layout/Page";
import { Row } from "../../components/layout/Row";
import { OrbitPrint } from "../../components/OrbitPrint";
import { StatusPill } from "../../components/StatusPill";
import { stateOf } from "../../components/tone";
import { useSentence } from "../../i18n/sentence";
import { useData } from "../../transport";
import { smidgeOf, useKind } from "./account";
import classes from "./Overview.module.css";
import { Reminder } from "./Reminder";
import { WalletTabs } from "./WalletTabs";

/** The page. */
export function Overview() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const kind = useKind();
  const hidden = useAmountsHidden();
  const run = useRunAction();
  const answer = useData("accounts");
  const transactions = useData("transactions").data ?? [];
  const accounts = answer.data?.accounts ?? [];
  const own = accounts.filter((account) => account.template === "single" && account.canSign);
  const known = own.every((account) => account.balance !== null);
  const total = answer.data === undefined ? undefined : own.length > 0 && known ? own.reduce((sum, account) => sum + BigInt(account.balance ?? "0"), 0n) : null;

  return (
    <Page title={t("wallet:overview.title")} titleHidden tabs={<WalletTabs />}>
      <Reminder page="wallet" />
      {answer.isError && <ErrorPanel error={answer.error} />}
      <div className={classes.top}>
        <div>
          <Row gap={1}>
            <span className="ink-2">{t("wallet:overview.total", { count: own.length })}</span>
            <ActionIcon variant="subtle" color="gray" aria-pressed={hidden} aria-label={t("wallet:overview.hide")} onClick={() => run("hideAmounts")}>
              <Icon name={hidden ? "eyeOff" : "eye"} size={16} />
            </ActionIcon>
          </Row>
          <p className={classes.total}>{total === null ? <span className={classes.unknown}>{t("wallet:overview.unknown")}</span> : <Amount smidge={total} size="big" />}</p>
          {answer.data && <p className="small ink-2">{sentence(answer.data.balanceNote)}</p>}
        </div>
        <div className={classes.actions}>
          <Button size="lg" variant="default" leftSection={<Icon name="receive" size={16} />} onClick={() => navigate("/wallet/receive")}>
            {t("wallet:overview.receive")}
          </Button>
          <Button size="lg" leftSection={<Icon name="send" size={16} />} onClick={() => navigate("/wallet/send")}>
            {t("wallet:overview.send")}
          </Button>
        </div>
      </div>
      <Split
        ruled
        aside={
          <section>
            <Row spread>
              <h2>{t("wallet:overview.accounts")}</h2>
              <Link className="small" to="/wallet/accounts/add">
                {t("wallet:overview.add")}
              </Link>
            </Row>
            <ul className={classes.accounts}>
              {accounts.map((account) => (
                <li key={account.id}>
                  <Link to={`/wallet/accounts/${account.id}`}>
                    <OrbitPrint address={account.address.plain} />
                    <span className={classes.names}>
                      <span>
                        <span className="strong">{account.name}</span> <span className="small ink-3">{kind(account)}</span>
                      </span>
                      <Address address={account.address.plain} />
                    </span>
                    <span className="right">
                      <Amount smidge={smidgeOf(account.balance)} />
                      {account.marks[0] && <span className={classes.mark}>{sentence(account.marks[0].text)}</span>}
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        }
      >
        <section>
          <Row spread>
            <h2>{t("wallet:overview.transactions")}</h2>
            {transactions.length > 0 && (
              <Link className="small" to="/wallet/transactions">
                {t("wallet:overview.all")}
              </Link>
            )}
          </Row>
          {transactions.length === 0 ? (
            <div className={classes.empty}>
              <EmptyState
                title={t("wallet:overview.emptyTitle")}
                action={
                  <Button variant="default" onClick={() => navigate("/wallet/transactions/import")}>
                    {t("wallet:overview.import")}
                  </Button>
                }
              >
                {t("wallet:overview.emptyText")}
              </EmptyState>
            </div>
          ) : (
            <ul className={classes.accounts}>
              {transactions.slice(0, 5).map((transaction) => (
                <li key={transaction.id}>
                  <Link to={`/wallet/transactions/${transaction.id}`}>
                    <Icon name={transaction.method === "spawn" ? "check" : "send"} />
                    <span className={classes.names}>
                      <span className="strong">{sentence(transaction.title)}</span>
                      <StatusPill state={stateOf(transaction.tone)}>{sentence(transaction.state)}</StatusPill>
                    </span>
                    {transaction.amount !== null && <Amount smidge={-BigInt(transaction.amount)} />}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </section>
      </Split>
    </Page>
  );
}
