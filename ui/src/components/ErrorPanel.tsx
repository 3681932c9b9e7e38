/** A failure told in full: what happened, what it costs, what to do; up to three actions; one folded technical line. */
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { errorParts } from "../transport/error";
import classes from "./ErrorPanel.module.css";
import { copyText } from "./copyText";
import { announce } from "./announce";
import { KeyValues } from "./layout/Row";
import { StateGlyph } from "./StatusPill";

interface ErrorPanelProps {
  error: unknown;
  /** The line above the sentence, "The node has stopped". */
  state?: string;
  /** Up to three buttons, the primary one first. */
  actions?: ReactNode;
  /** Beside a form: smaller, without the big sentence. */
  inline?: boolean;
}

/** Shows an error. An `alert`, so that readers hear it when it appears. */
export function ErrorPanel({ error, state, actions, inline = false }: ErrorPanelProps) {
  const { t } = useTranslation();
  const parts = errorParts(error);
  // Addresses and paths stay here: the report is the code, the version of the page and nothing of the person's.
  const report = [`code: ${parts.code}`, `page: ${window.location.hash.replace(/\?.*$/, "").replace(/\/[a-z]{2,10}1[0-9a-z]{20,}/g, "/…")}`].join("\n");
  const pairs = [
    !inline && parts.message !== "" && ([t("components:error.happened"), parts.message] as const),
    parts.cost !== "" && ([t("components:error.costs"), parts.cost] as const),
    parts.remedy !== "" && ([t("components:error.remedy"), parts.remedy] as const),
  ];
  return (
    <div className={`${classes.panel} ${inline ? classes.inline : ""}`} role="alert">
      {inline ? (
        <p className={classes.line}>
          <StateGlyph state="bad" />
          <strong>{parts.message}</strong>
        </p>
      ) : (
        <>
          <p className={classes.state}>
            <StateGlyph state="bad" size={13} />
            <span>{state ?? t("components:error.state")}</span>
          </p>
        </>
      )}
      <div className={classes.parts}>
        <KeyValues pairs={pairs} />
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
      <details className={classes.technical}>
        <summary>{t("components:error.technical")}</summary>
        <p>
          <code>{parts.code}</code>
          <Button
            variant="quiet"
            size="xs"
            onClick={() => void copyText(report).then(() => announce(t("frame:copied", { what: t("components:error.report") })))}
          >
            {t("components:error.copy")}
          </Button>
        </p>
      </details>
    </div>
  );
}
