/**
 * The question when the window closes while something runs: choices with their consequences, going on in the background first.
 *
 * What closing means at this moment is said by the program; the choice goes back to the window's shell.
 */
import { Button, Checkbox } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { CloseView } from "../../bindings";
import { BoxChoices } from "../../components/Choices";
import { Dialog } from "../../components/Dialog";
import { useSentence } from "../../i18n/sentence";
import { useCommand } from "../../transport";
import classes from "./CloseDialog.module.css";
import { closeAnswer, closeShown, onCloseRequested } from "./window";

/** Mounted once: waits for the window's question. */
export function CloseDialog() {
  const [question, setQuestion] = useState<CloseView>();
  const settings = useCommand("change_settings");
  useEffect(() => onCloseRequested(setQuestion), []);
  useEffect(() => {
    if (question !== undefined) void closeShown();
  }, [question]);
  if (question === undefined) {
    return null;
  }
  const answer = (choice: string) => {
    setQuestion(undefined);
    void closeAnswer(choice);
  };
  return (
    <CloseQuestion
      question={question}
      onClose={() => answer("cancel")}
      onChoose={(choice, remember) => {
        // "When it is done" is about this task; only the lasting choices are remembered.
        if (remember && (choice === "tray" || choice === "quit")) settings.mutate({ closeButton: choice });
        answer(choice);
      }}
    />
  );
}

interface CloseQuestionProps {
  question: CloseView;
  onClose: () => void;
  onChoose: (choice: string, remember: boolean) => void;
}

/** The dialog itself. */
export function CloseQuestion({ question, onClose, onChoose }: CloseQuestionProps) {
  const { t } = useTranslation("closing");
  const sentence = useSentence();
  const [choice, setChoice] = useState(question.choices[0]?.id ?? "");
  const [remember, setRemember] = useState(false);
  const chosen = question.choices.find((each) => each.id === choice);
  return (
    <Dialog
      opened
      onClose={onClose}
      title={sentence(question.title)}
      footer={
        <>
          <Checkbox className={classes.remember} label={t("remember")} checked={remember} onChange={(event) => setRemember(event.currentTarget.checked)} />
          <Button variant="default" onClick={onClose}>
            {t("cancel")}
          </Button>
          {chosen !== undefined && (
            <Button data-autofocus onClick={() => onChoose(chosen.id, remember)}>
              {sentence(chosen.label)}
            </Button>
          )}
        </>
      }
    >
      <p className="ink-2">{sentence(question.body)}</p>
      <div className={classes.choices}>
        <BoxChoices
          vertical
          labelHidden
          label={t("legend")}
          name="closing"
          value={choice}
          onChange={setChoice}
          options={question.choices.map((each) => ({ value: each.id, title: sentence(each.label), text: sentence(each.consequence) }))}
        />
      </div>
    </Dialog>
  );
}
