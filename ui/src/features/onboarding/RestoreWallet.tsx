/** Restore: the words in one field with help per word, then name and password. The words live in this component and are dropped at its end. */
import { Button, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import type { WordsCheck } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Row, Stack } from "../../components/layout/Row";
import { StateGlyph } from "../../components/StatusPill";
import { useSentence } from "../../i18n/sentence";
import { useBackend } from "../../transport";
import { WalletDone } from "./CreateWallet";
import { emptyFile, fileAccepted, NameAndPassword, type NewFile } from "./NameAndPassword";
import classes from "./RestoreWallet.module.css";
import { replaceWord, completeLast } from "./wordText";
import { Solo } from "./Solo";

type Step = "words" | "file" | "done";

/** The flow. */
export function RestoreWallet() {
  const { t } = useTranslation();
  const backend = useBackend();
  const [step, setStep] = useState<Step>("words");
  const [words, setWords] = useState("");
  const [accounts, setAccounts] = useState("1");
  const [file, setFile] = useState<NewFile>({ ...emptyFile, name: t("onboarding:file.firstName") });
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const labels = [t("onboarding:steps.enterWords"), t("onboarding:steps.password"), t("onboarding:steps.done")];
  const count = /^\d{1,3}$/.test(accounts) ? Number(accounts) : 0;
  const countFits = count >= 1 && count <= 100;

  const restore = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await backend.call("restore_wallet", { name: file.name.trim(), password: file.password, words, accounts: count });
      setWords("");
      setFile(emptyFile);
      setStep("done");
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  if (step === "words") {
    return (
      <Solo title={t("onboarding:restore.title")} under={t("onboarding:restore.under")} steps={{ labels, current: 0 }} remark={t("onboarding:restore.remark")}>
        <WordsForm words={words} onWords={setWords} onNext={() => setStep("file")} />
      </Solo>
    );
  }
  if (step === "file") {
    return (
      <Solo title={t("onboarding:restore.fileTitle")} under={t("onboarding:restore.fileUnder")} steps={{ labels, current: 1 }} remark={t("onboarding:create.remark")}>
        <form onSubmit={(event) => void restore(event)}>
          <Stack>
            <NameAndPassword value={file} onChange={setFile} />
            <TextInput
              label={t("onboarding:restore.accounts")}
              description={t("onboarding:restore.accountsText")}
              inputWrapperOrder={["label", "input", "error", "description"]}
              inputMode="numeric"
              value={accounts}
              error={countFits ? undefined : t("onboarding:restore.accountsFault")}
              onChange={(event) => setAccounts(event.currentTarget.value.trim())}
            />
            {error !== undefined && <ErrorPanel inline error={error} />}
            <Row gap={3} actions>
              <Button variant="default" size="lg" onClick={() => setStep("words")}>
                {t("frame:back")}
              </Button>
              <Button size="lg" type="submit" loading={busy} disabled={!fileAccepted(file) || !countFits}>
                {t("onboarding:restore.go")}
              </Button>
            </Row>
          </Stack>
        </form>
      </Solo>
    );
  }
  return (
    <Solo title={t("onboarding:restore.doneTitle")} under={t("onboarding:restore.doneUnder")} steps={{ labels, current: 3 }}>
      <WalletDone />
    </Solo>
  );
}

interface WordsFormProps {
  words: string;
  onWords: (words: string) => void;
  onNext: () => void;
}

function WordsForm({ words, onWords, onNext }: WordsFormProps) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const field = useRef<HTMLTextAreaElement>(null);
  const check = useWordsCheck(words);
  const change = (next: string) => {
    onWords(next);
    field.current?.focus();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (check?.valid === true) onNext();
      }}
    >
      <Stack>
        <Textarea
          ref={field}
          label={t("onboarding:restore.words")}
          value={words}
          autosize
          minRows={4}
          autoComplete="off"
          autoCapitalize="none"
          autoCorrect="off"
          spellCheck={false}
          autoFocus
          classNames={{ input: classes.words }}
          onChange={(event) => onWords(event.currentTarget.value)}
        />
        <div className={classes.help} aria-live="polite">
          {check?.completions.map((word) => (
            <button key={word} type="button" className={classes.chip} onClick={() => change(completeLast(words, word))}>
              {word}
            </button>
          ))}
          {check?.completions.length === 0 && check.unknown.length === 0 && (
            <span className="small ink-2">
              {check.valid ? (
                <>
                  <StateGlyph state="ok" decorative /> {t("onboarding:restore.fit", { count: check.count })}
                </>
              ) : (
                t("onboarding:restore.count", { count: check.count })
              )}
            </span>
          )}
        </div>
        {check?.unknown.map((unknown) => (
          <div key={unknown.position} className={classes.unknown} role="alert">
            <StateGlyph state="bad" />
            <span>
              {t("onboarding:restore.unknown", { position: unknown.position, typed: unknown.typed })}{" "}
              {unknown.suggestions.length > 0 && (
                <>
                  {t("onboarding:restore.didYouMean")}{" "}
                  {unknown.suggestions.map((word) => (
                    <button key={word} type="button" className={classes.chip} onClick={() => change(replaceWord(words, unknown.position, word))}>
                      {word}
                    </button>
                  ))}
                </>
              )}
            </span>
          </div>
        ))}
        {check?.problem && check.unknown.length === 0 && (
          <p className={classes.unknown} role="alert">
            <StateGlyph state="bad" />
            <span>{sentence(check.problem)}</span>
          </p>
        )}
        <Row gap={3} actions>
          <Button variant="default" size="lg" component="a" href="#/start">
            {t("frame:back")}
          </Button>
          <Button size="lg" type="submit" disabled={check?.valid !== true}>
            {t("onboarding:restore.next")}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}

/** What the program says about the words so far. Kept here, never in the query cache. */
function useWordsCheck(words: string): WordsCheck | undefined {
  const backend = useBackend();
  const [settled] = useDebouncedValue(words, 120);
  const [answer, setAnswer] = useState<WordsCheck>();
  useEffect(() => {
    if (settled.trim() === "") return;
    let current = true;
    backend.call("check_words", { words: settled }).then(
      (check) => {
        if (current) setAnswer(check);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [backend, settled]);
  return words.trim() === "" ? undefined : answer;
}
