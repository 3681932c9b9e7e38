/** Verify a signed text of Smapp or smapp-lite. Needs no wallet. */
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Address } from "../../components/Address";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/layout/Page";
import { KeyValues, Row, Stack } from "../../components/layout/Row";
import { StatusPill } from "../../components/StatusPill";
import { useSentence } from "../../i18n/sentence";
import { useCommand } from "../../transport";
import classes from "./SignText.module.css";
import { WalletTabs } from "./WalletTabs";

/** The page. */
export function VerifyText() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const verify = useCommand("verify_text");
  const [json, setJson] = useState("");
  const result = verify.data;
  return (
    <Page title={t("wallet:verify.title")} titleHidden tabs={<WalletTabs />}>
      <div className={classes.form}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            verify.mutate({ json });
          }}
        >
          <Stack>
            <p className="ink-2">{t("wallet:verify.under")}</p>
            <Textarea
              label={t("wallet:verify.json")}
              value={json}
              autosize
              minRows={5}
              maxRows={16}
              spellCheck={false}
              classNames={{ input: classes.mono }}
              onChange={(event) => {
                setJson(event.currentTarget.value);
                verify.reset();
              }}
            />
            {verify.isError && <ErrorPanel inline error={verify.error} />}
            <Row>
              <Button type="submit" size="lg" disabled={json.trim() === ""} loading={verify.isPending}>
                {t("wallet:verify.go")}
              </Button>
            </Row>
          </Stack>
        </form>
        {result && (
          <section className={classes.result} role="status">
            <StatusPill state={result.valid ? "ok" : "bad"}>
              <strong>{sentence(result.sentence)}</strong>
            </StatusPill>
            <KeyValues
              pairs={[
                [t("wallet:signText.text"), <span className={classes.text}>{result.text}</span>],
                [t("wallet:verify.account"), <Address address={result.address} full name={result.name ?? undefined} />],
                [t("wallet:account.publicKey"), <span className="mono">{result.publicKey}</span>],
                result.form !== null && [t("wallet:verify.form"), t(`wallet:verify.forms.${result.form as "prefixed" | "plain" | "trimmed"}`)],
              ]}
            />
          </section>
        )}
      </div>
    </Page>
  );
}
