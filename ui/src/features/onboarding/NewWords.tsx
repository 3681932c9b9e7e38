/**
 * The words of the open wallet on one of their two screens. Right after creating, the program hands them out without the password, once; after
 * that the password is asked.
 */
import { Button } from "@mantine/core";
import { useCallback, useEffect, useState, type SubmitEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useOpenSession } from "../../app/session";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Row, Stack } from "../../components/layout/Row";
import { PasswordField } from "../../components/PasswordField";
import { SecretView } from "../../components/SecretView";
import { useBackend, useOnChange } from "../../transport";
import { secretClosed } from "../../transport/shell";

/** The words; `actions` appear beside Hide while they are seen. */
export function NewWords({ count, actions }: { count: number; actions?: ReactNode }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const session = useOpenSession();
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  // The answer of the password form on its way into the view; taken out as soon as the view shows it.
  const [fetched, setFetched] = useState<{ words: string[]; id: string }>();
  const [shownId, setShownId] = useState<string>();
  const [round, setRound] = useState(0);
  const fresh = session?.newWordsWaiting === true;

  useOnChange(
    "secret_expired",
    useCallback(
      (change) => {
        if (change.id === shownId) {
          setFetched(undefined);
          setRound((before) => before + 1);
        }
      },
      [shownId],
    ),
  );

  useEffect(() => {
    if (shownId === undefined || shownId === "") return;
    return () => secretClosed(shownId);
  }, [shownId]);

  const load = async () => {
    if (fetched !== undefined) {
      setShownId(fetched.id);
      setFetched(undefined);
      return fetched.words;
    }
    // The session may say that the fresh words are gone before this answer is here; the view stays until it is.
    setShownId("");
    try {
      const view = await backend.call("new_words");
      setShownId(view.id);
      return view.words;
    } catch (thrown) {
      setShownId(undefined);
      throw thrown;
    }
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      setFetched(await backend.call("show_words", { password }));
      setRound((before) => before + 1);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setPassword("");
      setBusy(false);
    }
  };

  if (fresh || fetched !== undefined || shownId !== undefined) {
    return (
      <SecretView
        key={round}
        kind="words"
        count={count}
        load={load}
        autoShow={fetched !== undefined}
        actions={actions}
        onHidden={() => setShownId(undefined)}
      />
    );
  }
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <p className="ink-2">{t("onboarding:words.password")}</p>
        <PasswordField label={t("components:password.label")} value={password} onChange={setPassword} autoFocus />
        {error !== undefined && <ErrorPanel inline error={error} />}
        <Row gap={3} actions>
          <Button type="submit" size="lg" disabled={password === ""} loading={busy}>
            {t("components:secret.showWords")}
          </Button>
        </Row>
      </Stack>
    </form>
  );
}
