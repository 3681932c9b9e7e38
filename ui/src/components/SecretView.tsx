/**
 * Words or a key: hidden until pressed, shown for 60 s, no copy button. The secret is asked for when the button is pressed and lives in this
 * component's state only; hiding, time and unmounting drop it.
 */
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "./ErrorPanel";
import { Icon } from "./Icon";
import { Row } from "./layout/Row";
import classes from "./SecretView.module.css";

/** How long a secret stays on the screen. */
export const SECRET_SHOWN_MS = 60_000;

interface SecretViewProps {
  kind: "words" | "key";
  /** Fetches the secret. Words in order, or one line of a key. */
  load: () => Promise<string[]>;
  /** How many places are drawn while hidden. */
  count: number;
  /** Buttons beside Show and Hide. */
  actions?: React.ReactNode;
  /** Told when the secret has left the screen by the button or by time. */
  onHidden?: () => void;
  /** The password was just given: nothing more to press. */
  autoShow?: boolean;
}

/** Shows a secret for a minute. */
export function SecretView({ kind, load, count, actions, onHidden, autoShow = false }: SecretViewProps) {
  const { t } = useTranslation();
  const [secret, setSecret] = useState<string[]>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const started = useRef(false);

  const hide = () => {
    clearTimeout(timer.current);
    setSecret(undefined);
    onHidden?.();
  };

  const show = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const loaded = await load();
      setSecret(loaded);
      clearTimeout(timer.current);
      timer.current = setTimeout(hide, SECRET_SHOWN_MS);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (autoShow && !started.current) {
      started.current = true;
      void show();
    }
    // Once, when it appears.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  return (
    <div>
      {kind === "words" ? (
        <ol className={classes.words} data-secret={secret !== undefined} aria-label={t("components:secret.words")}>
          {Array.from({ length: count }, (_, index) => (
            <li key={index}>
              <span className={classes.position}>{index + 1}</span>
              <span className="mono">{secret?.[index] ?? "••••"}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className={`${classes.key} mono`}>{secret?.join("") ?? "••••".repeat(8)}</p>
      )}
      {error !== undefined && <ErrorPanel inline error={error} />}
      <div className={classes.actions}>
        <Row gap={3} wrap>
          {secret !== undefined && actions}
          {secret === undefined ? (
            <Button size="lg" loading={busy} leftSection={<Icon name="eye" size={16} />} onClick={() => void show()}>
              {t(kind === "words" ? "components:secret.showWords" : "components:secret.showKey")}
            </Button>
          ) : (
            <Button size="lg" variant="default" leftSection={<Icon name="eyeOff" size={16} />} onClick={hide}>
              {t("frame:hide")}
            </Button>
          )}
        </Row>
        <p className="small ink-3">{t("components:secret.note")}</p>
      </div>
    </div>
  );
}
