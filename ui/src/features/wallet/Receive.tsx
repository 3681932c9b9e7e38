/** Receive: one address in six groups of two rows and as QR, with an amount and a message if wished. */
import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { navigate, useParams } from "../../app/router";
import { Address, copyAddress } from "../../components/Address";
import { AmountInput, amountOf } from "../../components/AmountInput";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { save, textFile } from "../../components/files";
import { Icon } from "../../components/Icon";
import { Page, Split } from "../../components/layout/Page";
import { Row } from "../../components/layout/Row";
import { OrbitPrint } from "../../components/OrbitPrint";
import { QrCode } from "../../components/QrCode";
import { useData, useDataWhen } from "../../transport";
import { useKind } from "./account";
import classes from "./Receive.module.css";

/** The page; without an account in its path the first one. */
export function Receive() {
  const { t } = useTranslation();
  const kind = useKind();
  const { id } = useParams();
  const answer = useData("accounts");
  const app = useData("app_state").data;
  const accounts = answer.data?.accounts ?? [];
  const account = accounts.find((candidate) => candidate.id === id) ?? accounts[0];
  const [amount, setAmount] = useState("");
  const [message, setMessage] = useState("");
  const [asked] = useDebouncedValue({ amount: amountOf(amount)?.toString() ?? null, message: message.trim() === "" ? null : message.trim() }, 200);
  const qr = useDataWhen("address_qr", account && [{ address: account.address.plain, ...asked }]);

  if (answer.isError) {
    return (
      <Page title={t("wallet:receive.title")}>
        <ErrorPanel error={answer.error} />
      </Page>
    );
  }
  if (account === undefined) {
    return (
      <Page title={t("wallet:receive.title")}>
        {answer.data && (
          <EmptyState title={t("wallet:accounts.empty")} action={<Button onClick={() => navigate("/wallet/accounts/add")}>{t("wallet:accounts.add")}</Button>}>
            {t("wallet:accounts.emptyText")}
          </EmptyState>
        )}
      </Page>
    );
  }
  return (
    <Page title={t("wallet:receive.title")}>
      <Split
        ruled
        asideFirst
        aside={
          <div className={classes.qr}>
            {qr.data && <QrCode svg={qr.data.svg} label={qr.data.label} />}
            {qr.isError && <ErrorPanel inline error={qr.error} />}
            <p className="tiny ink-3">{t("wallet:receive.only", { network: app?.networkName ?? "", prefix: app?.addressPrefix ?? "" })}</p>
          </div>
        }
      >
        <Row spread wrap gap={4} align="start">
          <Row gap={3}>
            <OrbitPrint address={account.address.plain} size={34} />
            <span>
              <span className={classes.name}>{account.name}</span>
              <br />
              <span className="small ink-2">{kind(account)}</span>
            </span>
          </Row>
          {accounts.length > 1 && (
            <Select
              aria-label={t("wallet:receive.change")}
              value={account.id}
              allowDeselect={false}
              data={accounts.map((candidate) => ({ value: candidate.id, label: candidate.name }))}
              onChange={(next) => next !== null && navigate(`/wallet/receive/${next}`, { replace: true })}
            />
          )}
        </Row>
        <div className={classes.address}>
          <Address address={account.address.plain} grid />
          <p className="small ink-3">{t("wallet:receive.compare")}</p>
        </div>
        <Row gap={3} wrap>
          <Button
            leftSection={<Icon name="copy" size={16} />}
            onClick={() => void copyAddress(account.address.plain, t("components:address.copied", { end: account.address.checksum }))}
          >
            {t("components:address.copy")}
          </Button>
          <Button
            variant="default"
            leftSection={<Icon name="qr" size={16} />}
            disabled={qr.data === undefined}
            onClick={() => qr.data && void save(textFile(`${account.address.prefix}-${account.address.checksum}.svg`, "image/svg+xml", qr.data.svg.replaceAll("currentColor", "#000000")))}
          >
            {t("wallet:receive.save")}
          </Button>
        </Row>
        <section className={classes.ask}>
          <h2 className="small">
            {t("wallet:receive.ask")} <span className={classes.optional}>{t("wallet:receive.askText")}</span>
          </h2>
          <div className={classes.fields}>
            <AmountInput label={t("components:amount.label")} value={amount} onChange={setAmount} zero />
            <TextInput label={t("wallet:receive.message")} value={message} maxLength={120} onChange={(event) => setMessage(event.currentTarget.value)} />
          </div>
        </section>
      </Split>
    </Page>
  );
}
