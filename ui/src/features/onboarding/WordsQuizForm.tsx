/** Four words by their position, to know that the paper is right. A word that occurs twice fits at both places; the program compares. */
import { Anchor, Button, TextInput } from "@mantine/core";
import { useEffect, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import type { WordsQuiz } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Row, Stack } from "../../components/layout/Row";
import { useBackend } from "../../transport";
import classes from "./WordsQuizForm.module.css";

interface WordsQuizFormProps {
  onConfirmed: () => void;
  onBack?: () => void;
  onLater?: () => void;
}

/** The form. What is typed is dropped with it. */
export function WordsQuizForm({ onConfirmed, onBack, onLater }: WordsQuizFormProps) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [quiz, setQuiz] = useState<WordsQuiz>();
  const [answers, setAnswers] = useState<Record<number, string>>({});
  const [wrong, setWrong] = useState<number[]>([]);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    backend.call("words_quiz").then(setQuiz, setError);
  }, [backend]);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (quiz === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      const result = await backend.call("confirm_words", {
        answers: quiz.positions.map((position) => ({ position, word: (answers[position] ?? "").trim().toLowerCase() })),
      });
      setWrong(result.wrong);
      if (result.confirmed) {
        setAnswers({});
        onConfirmed();
      }
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <div className={classes.fields}>
          {quiz?.positions.map((position, index) => (
            <TextInput
              key={position}
              label={t("onboarding:quiz.word", { position })}
              value={answers[position] ?? ""}
              error={wrong.includes(position) ? t("onboarding:quiz.wrong") : undefined}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              autoFocus={index === 0}
              onChange={(event) => {
                const word = event.currentTarget.value;
                setAnswers((before) => ({ ...before, [position]: word }));
                setWrong((before) => before.filter((other) => other !== position));
              }}
            />
          ))}
        </div>
        {error !== undefined && <ErrorPanel inline error={error} />}
        <Row gap={3} actions>
          {onBack && (
            <Button variant="default" size="lg" onClick={onBack}>
              {t("onboarding:quiz.back")}
            </Button>
          )}
          <Button type="submit" size="lg" loading={busy} disabled={quiz === undefined || quiz.positions.some((position) => (answers[position] ?? "").trim() === "")}>
            {t("onboarding:quiz.check")}
          </Button>
        </Row>
        {onLater && (
          <p className="small">
            <Anchor component="button" type="button" onClick={onLater}>
              {t("onboarding:quiz.later")}
            </Anchor>
          </p>
        )}
      </Stack>
    </form>
  );
}
