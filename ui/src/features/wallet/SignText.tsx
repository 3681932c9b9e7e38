/** Sign a text with the key of a single-key account. */
import { Button, Select, Textarea } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SignedText } from "../../bindings";
import { announce } from "../../components/announce";
import { copyText } from "../../components/copyText";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { save, textFile } from "../../components/files";
import { Icon } from "../../components/Icon";
import { Page } from "../../components/layout/Page";
import { Row, Stack } from "../../components/layout/Row";
import { PasswordField } from "../../components/PasswordField";
import { useSentence } from "../../i18n/sentence";
import { errorParts, useData, useSecretCommand } from "../../transport";
import classes from "./SignText.module.css";
import { WalletTabs } from "./WalletTabs";

/** The page. */
export function SignText() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const answer = useData("accounts");
  const signers = (answer.data?.accounts ?? []).filter((account) => account.template === "single" && account.canSign);
  const sign = useSecretCommand("sign_text");
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [password, setPassword] = useState("");
  const [signed, setSigned] = useState<SignedText>();
  const signer = signers.find((account) => account.id === chosen) ?? signers[0];
  const graceOver = sign.isError && errorParts(sign.error).code === "password_needed";

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (signer === undefined) return;
    sign.mutate(
      { key: signer.address.plain, text, password: password === "" ? null : password },
      { onSuccess: setSigned, onSettled: () => setPassword("") },
    );
  };

  return (
    <Page title={t("wallet:signText.title")} titleHidden tabs={<WalletTabs />}>
      {answer.isError && <ErrorPanel error={answer.error} />}
      {answer.data && signer === undefined && <EmptyState title={t("wallet:signText.nobody")}>{t("wallet:signText.nobodyText")}</EmptyState>}
      {signer && (
        <div className={classes.form}>
          <form onSubmit={submit}>
            <Stack>
              <p className="ink-2">{t("wallet:signText.under")}</p>
              <Select
                label={t("wallet:signText.account")}
                value={signer.id}
                allowDeselect={false}
                data={signers.map((account) => ({ value: account.id, label: `${account.name} · ${account.address.short}` }))}
                onChange={setChosen}
              />
              <Textarea
                label={t("wallet:signText.text")}
                value={text}
                autosize
                minRows={4}
                maxRows={16}
                onChange={(event) => {
                  setText(event.currentTarget.value);
                  setSigned(undefined);
                }}
              />
              <PasswordField label={t("wallet:transaction.password")} value={password} onChange={setPassword} description={t("wallet:signText.grace")} />
              {sign.isError && !graceOver && <ErrorPanel inline error={sign.error} />}
              {graceOver && (
                <p className="small failed" role="alert">
                  {errorParts(sign.error).remedy}
                </p>
              )}
              <Row>
                <Button type="submit" size="lg" disabled={text === ""} loading={sign.isPending}>
                  {t("wallet:signText.go")}
                </Button>
              </Row>
            </Stack>
          </form>
          {signed && (
            <section className={classes.result} aria-label={t("wallet:signText.result")}>
              <h2>{t("wallet:signText.result")}</h2>
              <pre className={classes.json}>{signed.json}</pre>
              <Row gap={2} wrap>
                <Button
                  variant="default"
                  leftSection={<Icon name="copy" size={16} />}
                  onClick={() => void copyText(signed.json).then(() => announce(t("frame:copied", { what: t("wallet:signText.what") })))}
                >
                  {t("wallet:account.copy")}
                </Button>
                <Button variant="default" leftSection={<Icon name="export" size={16} />} onClick={() => void save(textFile("signed-text.json", "application/json", signed.json))}>
                  {t("wallet:signText.save")}
                </Button>
              </Row>
              <p className="small ink-3">{sentence(signed.note)}</p>
            </section>
          )}
        </div>
      )}
    </Page>
  );
}
