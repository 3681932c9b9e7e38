/** Import: files or text are first only decoded and shown as in the review; keeping them is a second step. */
import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { navigate } from "../../../app/router";
import type { FileSource, TransactionView } from "../../../bindings";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { FilePick } from "../../../components/FilePick";
import { sourceOf } from "../../../components/files";
import { Page } from "../../../components/layout/Page";
import { Row, Stack } from "../../../components/layout/Row";
import { Notice } from "../../../components/Notice";
import { StatusPill } from "../../../components/StatusPill";
import { stateOf } from "../../../components/tone";
import { useSentence } from "../../../i18n/sentence";
import { useCommand } from "../../../transport";
import { Review } from "./Review";
import { Signatures } from "./Signatures";
import classes from "./Transaction.module.css";

/** The page. */
export function ImportTransaction() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const look = useCommand("import_transaction");
  const keep = useCommand("import_transaction");
  const [text, setText] = useState("");
  const [seen, setSeen] = useState<{ sources: FileSource[]; transaction: TransactionView; names: string }>();

  const inspect = (sources: FileSource[], names: string) => look.mutate({ sources, inspectOnly: true }, { onSuccess: (transaction) => setSeen({ sources, transaction, names }) });

  return (
    <Page title={t("wallet:import.title")} under={t("wallet:import.under")}>
      <div className={classes.import}>
        <Stack gap={5}>
          <FilePick
            multiple
            accept=".hex,.txt"
            hint={t("wallet:import.hint")}
            chosen={seen?.names === "" ? undefined : seen?.names}
            onPick={(files) => void Promise.all(files.map(sourceOf)).then((sources) => inspect(sources, files.map((file) => file.name).join(", ")))}
          />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              inspect([{ kind: "text", text }], "");
            }}
          >
            <Stack gap={3}>
              <Textarea
                label={t("wallet:import.text")}
                value={text}
                autosize
                minRows={2}
                maxRows={8}
                spellCheck={false}
                classNames={{ input: classes.raw }}
                onChange={(event) => {
                  setText(event.currentTarget.value);
                  setSeen(undefined);
                }}
              />
              <Row>
                <Button type="submit" variant="default" disabled={text.trim() === ""} loading={look.isPending}>
                  {t("wallet:import.look")}
                </Button>
              </Row>
            </Stack>
          </form>
          {look.isError && <ErrorPanel inline error={look.error} />}
          {seen && (
            <Stack gap={4}>
              <div>
                <h2>{sentence(seen.transaction.title)}</h2>
                <StatusPill state={stateOf(seen.transaction.tone)}>{sentence(seen.transaction.state)}</StatusPill>
              </div>
              {seen.transaction.warnings.map((warning) => (
                <Notice key={warning.key} kind="attention" title={sentence(warning)} />
              ))}
              <Review transaction={seen.transaction} />
              {seen.transaction.signatures.length > 0 && <Signatures transaction={seen.transaction} />}
              {keep.isError && <ErrorPanel inline error={keep.error} />}
              <Row>
                <Button
                  size="lg"
                  loading={keep.isPending}
                  onClick={() =>
                    keep.mutate({ sources: seen.sources, inspectOnly: false }, { onSuccess: (transaction) => navigate(`/wallet/transactions/${transaction.id}`, { replace: true }) })
                  }
                >
                  {t("wallet:import.keep")}
                </Button>
              </Row>
            </Stack>
          )}
        </Stack>
      </div>
    </Page>
  );
}
