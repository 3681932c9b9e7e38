/** The open wallet: name, password, words, backup; the lock; how payments ask; hidden amounts; deleting the file. */
import { Button, SegmentedControl, Select, Switch } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, navigate, useLocation } from "../../app/router";
import { useOpenSession } from "../../app/session";
import type { RemovalView, SettingsView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Notice } from "../../components/Notice";
import { RemovalDialog } from "../../components/RemovalDialog";
import { formatInstant, useClock } from "../../format";
import { useBackend, useCommand } from "../../transport";
import { BackupDialog } from "./BackupDialog";
import { PasswordDialog } from "./PasswordDialog";
import { RenameDialog } from "./RenameDialog";
import { Setting } from "./Setting";
import classes from "./Settings.module.css";
import { WordsDialog } from "./WordsDialog";

type Open = "rename" | "password" | "words" | "backup" | "delete";

/** The page. */
export function WalletAndSecurity({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const { now, zone } = useClock();
  const { query } = useLocation();
  const backend = useBackend();
  const session = useOpenSession();
  const change = useCommand("change_settings");
  const remove = useCommand("delete_wallet");
  const [open, setOpen] = useState<Open | null>(query.get("open") as Open | null);
  const [removal, setRemoval] = useState<RemovalView>();
  const [error, setError] = useState<unknown>();
  const close = () => {
    setOpen(null);
    // The address no longer asks for the dialog, so that it can be asked for again.
    if (query.has("open")) navigate("/settings/wallet", { replace: true });
  };

  const askRemoval = () => {
    if (session === undefined) return;
    setError(undefined);
    backend.call("wallet_removal", { wallet: session.wallet }).then(setRemoval, setError);
  };
  // Opened from the command palette.
  const [asked, setAsked] = useState(false);
  if (open === "delete" && !asked && session !== undefined) {
    setAsked(true);
    setOpen(null);
    askRemoval();
  }

  return (
    <>
      {change.isError && <ErrorPanel inline error={change.error} />}
      {error !== undefined && <ErrorPanel inline error={error} />}
      {session === undefined ? (
        <div className={classes.block}>
          <Notice kind="neutral" title={t("settings:wallet.none")} action={<Link to="/wallet">{t("settings:wallet.open")}</Link>} />
        </div>
      ) : (
        <>
          <Setting title={t("settings:wallet.name")} text={session.name}>
            {() => (
              <Button variant="default" size="xs" onClick={() => setOpen("rename")}>
                {t("settings:wallet.rename")}
              </Button>
            )}
          </Setting>
          <Setting title={t("settings:wallet.password")} text={t("settings:wallet.passwordText")}>
            {() => (
              <Button variant="default" size="xs" onClick={() => setOpen("password")}>
                {t("settings:wallet.changePassword")}
              </Button>
            )}
          </Setting>
          {session.hasWords && (
            <Setting title={t("settings:wallet.words")} text={t(session.wordsUnchecked ? "settings:wallet.wordsUnchecked" : "settings:wallet.wordsText")}>
              {() => (
                <>
                  {session.wordsUnchecked && (
                    <Button variant="quiet" size="xs" onClick={() => navigate("/wallet/words")}>
                      {t("settings:wallet.checkWords")}
                    </Button>
                  )}
                  <Button variant="default" size="xs" onClick={() => setOpen("words")}>
                    {t("settings:wallet.showWords")}
                  </Button>
                </>
              )}
            </Setting>
          )}
          <Setting
            title={t("settings:wallet.backup")}
            text={session.lastBackup === null ? t("settings:wallet.noBackup") : t("settings:wallet.lastBackup", { when: formatInstant(Date.parse(session.lastBackup), now, zone) })}
          >
            {() => (
              <Button variant="default" size="xs" onClick={() => setOpen("backup")}>
                {t("settings:wallet.makeBackup")}
              </Button>
            )}
          </Setting>
        </>
      )}
      <Setting title={t("settings:lock.title")} text={t("settings:lock.text")}>
        {(ids) => (
          <Select
            {...ids}
            value={String(settings.autoLockMinutes)}
            allowDeselect={false}
            data={[
              ...[2, 5, 15].map((minutes) => ({ value: String(minutes), label: t("settings:lock.minutes", { count: minutes }) })),
              { value: "0", label: t("settings:lock.never") },
            ]}
            onChange={(minutes) => minutes !== null && change.mutate({ autoLockMinutes: Number(minutes) })}
          />
        )}
      </Setting>
      <Setting title={t("settings:lock.sleep")}>
        {(ids) => <Switch {...ids} checked={settings.lockOnSleep} onChange={(event) => change.mutate({ lockOnSleep: event.currentTarget.checked })} />}
      </Setting>
      <Setting title={t("settings:pay.title")} text={t("settings:pay.text")}>
        {(ids) => (
          <SegmentedControl
            {...ids}
            value={settings.passwordEachPayment ? "each" : "grace"}
            data={(["each", "grace"] as const).map((value) => ({ value, label: t(`settings:pay.${value}`) }))}
            onChange={(value) => change.mutate({ passwordEachPayment: value === "each" })}
          />
        )}
      </Setting>
      <Setting title={t("settings:hide.title")} text={t("settings:hide.text")}>
        {(ids) => <Switch {...ids} checked={settings.hideAmounts} onChange={(event) => change.mutate({ hideAmounts: event.currentTarget.checked })} />}
      </Setting>
      {session !== undefined && (
        <Setting title={t("settings:wallet.delete")} text={t("settings:wallet.deleteText")}>
          {() => (
            <Button variant="danger-outline" size="xs" onClick={askRemoval}>
              {t("settings:wallet.deleteGo")}
            </Button>
          )}
        </Setting>
      )}
      {session !== undefined && (
        <>
          {open === "rename" && <RenameDialog name={session.name} onClose={close} />}
          {open === "password" && <PasswordDialog onClose={close} />}
          {open === "words" && session.hasWords && <WordsDialog onClose={close} />}
          {open === "backup" && <BackupDialog onClose={close} />}
          <RemovalDialog
            removal={removal}
            onClose={() => {
              setRemoval(undefined);
              close();
            }}
            onConfirm={async () => {
              await remove.mutateAsync({ wallet: session.wallet, typedName: removal?.typedName ?? session.name });
            }}
          />
        </>
      )}
    </>
  );
}
