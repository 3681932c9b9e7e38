/**
 * Send, offline: from, to, amount, price, nonce, note → a transaction whose bytes are then read back on "Check and sign". Without a node the next
 * nonce and whether the account is active are not known, so the person says so; nothing is guessed silently.
 */
import { Button, Select, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, navigate, useLocation } from "../../../app/router";
import type { AccountView, TransactionAction } from "../../../bindings";
import { Address } from "../../../components/Address";
import { AddressInput, plainAddress, useAddressCheck } from "../../../components/AddressInput";
import { Amount } from "../../../components/Amount";
import { AmountInput, amountOf } from "../../../components/AmountInput";
import { BoxChoices } from "../../../components/Choices";
import { EmptyState } from "../../../components/EmptyState";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { Fold } from "../../../components/Fold";
import { Page, Panel, Split } from "../../../components/layout/Page";
import { KeyValues, Row, Stack } from "../../../components/layout/Row";
import { OrbitPrint } from "../../../components/OrbitPrint";
import { useCommand, useData } from "../../../transport";
import { canPay, useKind } from "../account";
import classes from "./Send.module.css";

type Price = "normal" | "faster" | "own";
const NUMBER = /^\d{1,20}$/;
const MAX_U64 = (1n << 64n) - 1n;

/** A whole number that fits the protocol. */
function wholeNumber(text: string, least: bigint): bigint | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = BigInt(text);
  return value >= least && value <= MAX_U64 ? value : undefined;
}

/** The page. */
export function Send() {
  const { t } = useTranslation();
  const answer = useData("accounts");
  const payers = (answer.data?.accounts ?? []).filter(canPay);
  if (answer.isError || (answer.data && payers.length === 0)) {
    return (
      <Page title={t("wallet:send.title")}>
        {answer.isError ? (
          <ErrorPanel error={answer.error} />
        ) : (
          <EmptyState title={t("wallet:send.nobody")} action={<Button onClick={() => navigate("/wallet/accounts/add")}>{t("wallet:accounts.add")}</Button>}>
            {t("wallet:send.nobodyText")}
          </EmptyState>
        )}
      </Page>
    );
  }
  return answer.data ? <Form payers={payers} accounts={answer.data.accounts} /> : null;
}

function Form({ payers, accounts }: { payers: AccountView[]; accounts: AccountView[] }) {
  const { t } = useTranslation();
  const kind = useKind();
  const { query } = useLocation();
  const app = useData("app_state").data;
  const transactions = useData("transactions").data ?? [];
  const prepare = useCommand("prepare_transaction");
  const [from, setFrom] = useState(() => payers.find((payer) => payer.id === query.get("from"))?.id ?? payers.find((payer) => payer.canSign)?.id ?? payers[0]?.id ?? "");
  const [action, setAction] = useState<TransactionAction["kind"]>("spend");
  const [to, setTo] = useState(query.get("to") ?? "");
  const [vault, setVault] = useState("");
  const [target, setTarget] = useState("");
  const [amount, setAmount] = useState("");
  const [price, setPrice] = useState<Price>("normal");
  const [ownPrice, setOwnPrice] = useState("3");
  const [typedNonce, setTypedNonce] = useState<string>();
  const [note, setNote] = useState("");
  const [strict, setStrict] = useState(false);

  const account = payers.find((payer) => payer.id === from) ?? payers[0];
  const vaults = accounts.filter((candidate) => candidate.template === "vault" && candidate.vault?.owner === account?.address.plain);
  const toCheck = useAddressCheck(to);
  const vaultCheck = useAddressCheck(vault);
  const targetCheck = useAddressCheck(target);

  // The next after those kept here; the first payment of a fresh account follows its activation, which has nonce 0.
  const kept = transactions.filter((transaction) => transaction.principal === account?.address.plain).map((transaction) => BigInt(transaction.nonce));
  const proposed = kept.length > 0 ? kept.reduce((most, nonce) => (nonce > most ? nonce : most)) + 1n : action === "activate" ? 0n : 1n;
  const nonceText = typedNonce ?? proposed.toString();
  const nonce = wholeNumber(nonceText, 0n);
  const gasPrice = price === "normal" ? 1n : price === "faster" ? 2n : wholeNumber(ownPrice, 1n);
  const smidge = amountOf(amount);

  const built = ((): TransactionAction | undefined => {
    switch (action) {
      case "activate":
        return { kind: "activate" };
      case "activate_other":
        return targetCheck?.valid === true ? { kind: "activate_other", target: plainAddress(target) } : undefined;
      case "spend":
        return toCheck?.valid === true && smidge !== undefined ? { kind: "spend", destination: plainAddress(to), amount: smidge.toString() } : undefined;
      case "drain":
        return toCheck?.valid === true && vaultCheck?.valid === true && smidge !== undefined
          ? { kind: "drain", vault: plainAddress(vault), destination: plainAddress(to), amount: smidge.toString() }
          : undefined;
    }
  })();
  const ready = built !== undefined && nonce !== undefined && gasPrice !== undefined && account !== undefined;

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setStrict(true);
    if (!ready) return;
    prepare.mutate(
      { account: account.id, action: built, nonce: nonce.toString(), gasPrice: gasPrice.toString(), note },
      { onSuccess: (transaction) => navigate(`/wallet/transactions/${transaction.id}`) },
    );
  };

  const moves = action === "spend" || action === "drain";
  const options: { value: TransactionAction["kind"]; title: string; text: string }[] = [
    { value: "spend", title: t("wallet:send.kinds.spend"), text: t("wallet:send.kinds.spendText") },
    { value: "activate", title: t("wallet:send.kinds.activate"), text: t("wallet:send.kinds.activateText") },
  ];
  if (account?.template === "vesting") {
    options.push(
      { value: "drain", title: t("wallet:send.kinds.drain"), text: t("wallet:send.kinds.drainText") },
      { value: "activate_other", title: t("wallet:send.kinds.activateOther"), text: t("wallet:send.kinds.activateOtherText") },
    );
  }

  return (
    <Page title={t("wallet:send.title")} under={t("wallet:send.under")}>
      <form onSubmit={submit}>
        <Split
          aside={
            <Panel title={t("wallet:send.happens")}>
              <ol className={classes.steps}>
                <li>
                  <strong>{t("wallet:send.step1")}</strong> <span className="ink-2">{t("wallet:send.step1Text")}</span>
                </li>
                <li>
                  <strong>{t("wallet:send.step2")}</strong> <span className="ink-2">{t("wallet:send.step2Text")}</span>
                </li>
                <li>
                  <strong>{t("wallet:send.step3")}</strong> <span className="ink-2">{t("wallet:send.step3Text")}</span>
                </li>
              </ol>
              <KeyValues
                spread
                pairs={[
                  moves && [t("components:amount.label"), <Amount smidge={smidge ?? null} always />],
                  [t("wallet:send.fee"), t("wallet:send.feeLater")],
                  [t("wallet:send.network"), app?.networkName ?? ""],
                ]}
              />
              <div className={classes.go}>
                <Button type="submit" size="lg" fullWidth loading={prepare.isPending} disabled={strict && !ready}>
                  {t("wallet:send.review")}
                </Button>
                <p className="small">
                  <Link to="/wallet/transactions/import">{t("wallet:send.importInstead")}</Link>
                </p>
              </div>
            </Panel>
          }
        >
          <Stack>
            <Select
              label={t("wallet:send.from")}
              value={account?.id ?? null}
              allowDeselect={false}
              data={payers.map((payer) => ({ value: payer.id, label: `${payer.name} · ${kind(payer)}` }))}
              leftSection={account && <OrbitPrint address={account.address.plain} size={22} />}
              leftSectionWidth={40}
              onChange={(next) => {
                setFrom(next ?? "");
                setTypedNonce(undefined);
                setAction("spend");
              }}
              description={account && <Address address={account.address.plain} />}
              inputWrapperOrder={["label", "input", "description"]}
            />
            <BoxChoices label={t("wallet:send.what")} name="action" value={action} onChange={setAction} options={options} />
            {action === "activate" && <p className="small ink-2">{t("wallet:send.activateText", { name: account?.name ?? "" })}</p>}
            {action === "activate_other" && <AddressInput label={t("wallet:send.target")} value={target} onChange={setTarget} />}
            {action === "drain" && (
              <>
                {vaults.length > 0 && vault === "" && (
                  <Row gap={2} wrap>
                    {vaults.map((candidate) => (
                      <Button key={candidate.id} size="xs" variant="default" onClick={() => setVault(candidate.address.plain)}>
                        {t("wallet:send.useVault", { name: candidate.name })}
                      </Button>
                    ))}
                  </Row>
                )}
                <AddressInput label={t("wallet:send.vault")} value={vault} onChange={setVault} />
              </>
            )}
            {moves && <AddressInput label={t("wallet:send.to")} value={to} onChange={setTo} autoFocus={query.get("to") === null} />}
            {moves && <AmountInput big label={t("components:amount.label")} value={amount} onChange={setAmount} strict={strict} description={t("wallet:send.balanceUnknown")} />}
            <BoxChoices
              label={t("wallet:send.fee")}
              name="price"
              value={price}
              onChange={setPrice}
              options={[
                { value: "normal", title: t("wallet:send.prices.normal"), text: t("wallet:send.prices.normalText") },
                { value: "faster", title: t("wallet:send.prices.faster"), text: t("wallet:send.prices.fasterText") },
                { value: "own", title: t("wallet:send.prices.own"), text: t("wallet:send.prices.ownText") },
              ]}
            />
            {price === "own" && (
              <TextInput
                label={t("wallet:send.price")}
                inputMode="numeric"
                value={ownPrice}
                error={gasPrice === undefined ? t("wallet:send.priceFault") : undefined}
                onChange={(event) => setOwnPrice(event.currentTarget.value.trim())}
              />
            )}
            <TextInput
              label={t("wallet:send.nonce")}
              description={t("wallet:send.nonceText")}
              inputWrapperOrder={["label", "input", "error", "description"]}
              inputMode="numeric"
              value={nonceText}
              error={nonce === undefined ? t("wallet:send.nonceFault") : undefined}
              onChange={(event) => setTypedNonce(event.currentTarget.value.trim())}
            />
            <Fold title={t("wallet:send.note")} value={note === "" ? t("wallet:send.noteText") : note}>
              <TextInput aria-label={t("wallet:send.note")} value={note} maxLength={500} autoComplete="off" onChange={(event) => setNote(event.currentTarget.value)} />
            </Fold>
            {strict && !ready && (
              <p className="small failed" role="alert">
                {t("wallet:send.incomplete")}
              </p>
            )}
            {prepare.isError && <ErrorPanel inline error={prepare.error} />}
          </Stack>
        </Split>
      </form>
    </Page>
  );
}
