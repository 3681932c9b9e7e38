/**
 * One transaction: "Check and sign" while this wallet can sign it, the state of all signatures for shared accounts, and its way out as file, text
 * and QR. Nothing is published from here in this version: there is no node.
 */
import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { goBack, Link, navigate, useParams } from "../../../app/router";
import { useOpenSession } from "../../../app/session";
import type { TransactionView } from "../../../bindings";
import { Address } from "../../../components/Address";
import { smhShortText } from "../../../components/amountText";
import { announce } from "../../../components/announce";
import { DangerDialog } from "../../../components/DangerDialog";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { Fold } from "../../../components/Fold";
import { Page, Panel, Split } from "../../../components/layout/Page";
import { Row, Stack } from "../../../components/layout/Row";
import { Notice } from "../../../components/Notice";
import { PasswordField } from "../../../components/PasswordField";
import { StatusPill } from "../../../components/StatusPill";
import { stateOf } from "../../../components/tone";
import { useSentence } from "../../../i18n/sentence";
import { useCommand, useData, useSecretCommand } from "../../../transport";
import { ExportTransaction } from "./ExportTransaction";
import { MergeSignatures } from "./MergeSignatures";
import { Review } from "./Review";
import { Signatures } from "./Signatures";
import classes from "./Transaction.module.css";

/** The page. */
export function TransactionPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const answer = useData("transactions");
  const transaction = answer.data?.find((candidate) => candidate.id === id);
  if (answer.isError) {
    return (
      <Page title={t("wallet:transactions.title")}>
        <ErrorPanel error={answer.error} />
      </Page>
    );
  }
  if (answer.data === undefined) return null;
  if (transaction === undefined) {
    return (
      <Page title={t("wallet:transaction.gone")}>
        <Link to="/wallet/transactions">{t("wallet:transaction.all")}</Link>
      </Page>
    );
  }
  return <Details transaction={transaction} />;
}

function Details({ transaction }: { transaction: TransactionView }) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const [discarding, setDiscarding] = useState(false);
  const discard = useCommand("discard_transaction");
  const shared = transaction.signatures.length > 1 || (transaction.required ?? 1) > 1;
  const signing = transaction.canSign && !transaction.complete;

  return (
    <Page
      title={signing && !shared ? t("wallet:transaction.checkAndSign") : sentence(transaction.title)}
      under={
        <Row gap={3} wrap>
          {signing && !shared && <span>{sentence(transaction.title)}</span>}
          <StatusPill state={stateOf(transaction.tone)}>{sentence(transaction.state)}</StatusPill>
        </Row>
      }
      actions={
        <>
          <Button variant="default" onClick={() => goBack("/wallet/transactions")}>
            {t("frame:back")}
          </Button>
          <Button variant="default" onClick={() => setDiscarding(true)}>
            {t("wallet:transaction.discard")}
          </Button>
        </>
      }
    >
      <Split
        ruled
        aside={
          <Stack gap={5}>
            {signing && <SignPanel transaction={transaction} />}
            <Panel title={t(transaction.complete ? "wallet:transaction.ready" : "wallet:transaction.export")}>
              <ExportTransaction transaction={transaction} />
            </Panel>
          </Stack>
        }
      >
        <Stack gap={5}>
          {transaction.warnings.map((warning) => (
            <Notice key={warning.key} kind="attention" title={sentence(warning)} />
          ))}
          <Review transaction={transaction} />
          {shared && <Signatures transaction={transaction} />}
          {shared && !transaction.complete && (
            <>
              <MergeSignatures transaction={transaction} />
              <Notice kind="attention" title={t("wallet:transaction.reserved")}>
                {t("wallet:transaction.reservedText", { name: transaction.principalName ?? "", nonce: transaction.nonce })}
              </Notice>
            </>
          )}
          <Note transaction={transaction} />
          <Fold title={t("wallet:transaction.raw")} value={t("wallet:transaction.bytes", { count: transaction.sizeBytes })}>
            <p className={classes.raw}>{transaction.rawHex}</p>
            {transaction.transactionId !== null && (
              <p className="small">
                {t("wallet:transactions.id")} <span className={classes.raw}>{transaction.transactionId}</span>
              </p>
            )}
          </Fold>
        </Stack>
      </Split>
      <DangerDialog
        opened={discarding}
        onClose={() => setDiscarding(false)}
        onConfirm={async () => {
          await discard.mutateAsync({ transaction: transaction.id });
          navigate("/wallet/transactions", { replace: true });
        }}
        title={t("wallet:transaction.discardTitle")}
        removed={[{ what: sentence(transaction.title) }]}
        stays={[{ what: t("wallet:transaction.discardStays") }]}
        costs={transaction.present > 0 ? t("wallet:transaction.discardCosts") : undefined}
        confirmLabel={t("wallet:transaction.discard")}
      />
    </Page>
  );
}

/** Whether the form stands beside the review. Below it, a first focus would scroll past what is to be checked. */
function besideReview(): boolean {
  return typeof matchMedia !== "function" || matchMedia("(min-width: 901px)").matches;
}

/** The password and the button with the amount. */
function SignPanel({ transaction }: { transaction: TransactionView }) {
  const { t } = useTranslation();
  const session = useOpenSession();
  const settings = useData("settings").data;
  const sign = useSecretCommand("sign_transaction");
  const changeSettings = useCommand("change_settings");
  const [password, setPassword] = useState("");
  const grace = settings !== undefined && !settings.passwordEachPayment;
  const needed = transaction.needsPassword;
  const shared = transaction.signatures.length > 1;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    sign.mutate(
      { transaction: transaction.id, index: null, password: needed ? password : null },
      {
        onSuccess: (signed) => {
          sign.reset();
          announce(t(signed.complete ? "wallet:transaction.signedComplete" : "wallet:transaction.signed"));
        },
        onSettled: () => setPassword(""),
      },
    );
  };
  return (
    <Panel>
      <form onSubmit={submit}>
        <Stack>
          {needed ? (
            <>
              <PasswordField label={t("wallet:transaction.password")} value={password} onChange={setPassword} autoFocus={besideReview()} />
              <Checkbox
                label={t("wallet:transaction.grace")}
                checked={grace}
                onChange={(event) => changeSettings.mutate({ passwordEachPayment: !event.currentTarget.checked })}
              />
            </>
          ) : (
            session?.graceUntil !== null && <p className="small ink-2">{t("wallet:transaction.inGrace")}</p>
          )}
          {sign.isError && <ErrorPanel inline error={sign.error} />}
          <Button type="submit" size="lg" fullWidth loading={sign.isPending} disabled={needed && password === ""}>
            {transaction.amount === null
              ? t("wallet:transaction.sign")
              : t("wallet:transaction.signAmount", { amount: smhShortText(BigInt(transaction.amount)) })}
          </Button>
          <p className="small ink-3">{t(shared ? "wallet:transaction.signShared" : "wallet:transaction.signNote")}</p>
          {transaction.destination !== null && (
            <p className="small ink-2">
              {t("wallet:transaction.to")} <Address address={transaction.destination} name={transaction.destinationName ?? undefined} />
            </p>
          )}
        </Stack>
      </form>
    </Panel>
  );
}

/** The note, edited in place; only in this wallet, never sent. */
function Note({ transaction }: { transaction: TransactionView }) {
  const { t } = useTranslation();
  const save = useCommand("note_transaction");
  const [note, setNote] = useState(transaction.note);
  const changed = note !== transaction.note;
  return (
    <form
      className={classes.note}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ transaction: transaction.id, note });
      }}
    >
      <TextInput
        label={t("wallet:send.note")}
        description={t("wallet:send.noteText")}
        inputWrapperOrder={["label", "input", "description"]}
        value={note}
        maxLength={500}
        autoComplete="off"
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {changed && (
        <Button type="submit" variant="default" loading={save.isPending}>
          {t("wallet:account.save")}
        </Button>
      )}
      {save.isError && <ErrorPanel inline error={save.error} />}
    </form>
  );
}
