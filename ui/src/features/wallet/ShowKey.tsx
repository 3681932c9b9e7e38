/** A secret key in its dialog: after the password, for a minute, without a copy button. */
import { Button } from "@mantine/core";
import { useCallback, useEffect, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SecretKeyView } from "../../bindings";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { PasswordField } from "../../components/PasswordField";
import { SecretView } from "../../components/SecretView";
import { useBackend, useOnChange } from "../../transport";
import { secretClosed } from "../../transport/shell";

/** The dialog. */
export function ShowKey({ publicKey, name, onClose }: { publicKey: string; name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const [password, setPassword] = useState("");
  const [view, setView] = useState<SecretKeyView>();
  const [shownId, setShownId] = useState<string>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  useOnChange(
    "secret_expired",
    useCallback(
      (change) => {
        if (change.id === shownId) onClose();
      },
      [shownId, onClose],
    ),
  );

  useEffect(() => {
    if (shownId === undefined) return;
    return () => secretClosed(shownId);
  }, [shownId]);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      setView(await backend.call("show_secret_key", { key: publicKey, password }));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setPassword("");
      setBusy(false);
    }
  };
  // Hands the key over to the view, which owns it from here on.
  const load = () => {
    const key = view?.secretKey ?? "";
    setShownId(view?.id);
    setView(undefined);
    return Promise.resolve([key]);
  };

  return (
    <Dialog opened onClose={onClose} title={t("wallet:showKey.title", { name })}>
      <Stack>
        <Notice kind="attention" title={t("wallet:showKey.warning")}>
          {t("wallet:showKey.warningText")}
        </Notice>
        {view !== undefined || shownId !== undefined ? (
          <SecretView kind="key" count={1} load={load} autoShow onHidden={onClose} />
        ) : (
          <form onSubmit={(event) => void submit(event)}>
            <Stack>
              <PasswordField label={t("components:password.label")} value={password} onChange={setPassword} autoFocus />
              {error !== undefined && <ErrorPanel inline error={error} />}
              <Button type="submit" disabled={password === ""} loading={busy}>
                {t("components:secret.showKey")}
              </Button>
            </Stack>
          </form>
        )}
      </Stack>
    </Dialog>
  );
}
