/** The check of the words that was put off: look at the paper (or the words), answer four places. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { navigate } from "../../app/router";
import { announce } from "../../components/announce";
import { Page } from "../../components/layout/Page";
import { NewWords } from "../onboarding/NewWords";
import { WordsQuizForm } from "../onboarding/WordsQuizForm";
import classes from "./CheckWords.module.css";

/** The page. */
export function CheckWords() {
  const { t } = useTranslation();
  const [showing, setShowing] = useState(false);
  const done = () => {
    announce(t("onboarding:done.checked"));
    navigate("/wallet", { replace: true });
  };
  return (
    <Page title={t("wallet:words.title")} under={t("wallet:words.under")}>
      <div className={classes.form}>
        {showing ? (
          <NewWords count={24} actions={<Button size="lg" onClick={() => setShowing(false)}>{t("onboarding:words.written")}</Button>} />
        ) : (
          <WordsQuizForm onConfirmed={done} onBack={() => setShowing(true)} />
        )}
      </div>
    </Page>
  );
}
