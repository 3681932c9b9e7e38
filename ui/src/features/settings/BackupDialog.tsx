/** A backup file of the open wallet. The program opens the copy again and compares before it says that there is one. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { BackupView } from "../../bindings";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { save } from "../../components/files";
import { KeyValues, Stack } from "../../components/layout/Row";
import { PasswordField } from "../../components/PasswordField";
import { StatusPill } from "../../components/StatusPill";
import { formatBytes, formatInstant, useClock } from "../../format";
import { useData, useSecretCommand } from "../../transport";
import { pickPath } from "../../transport/shell";
import classes from "./Settings.module.css";

/** The dialog. */
export function BackupDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { now, zone } = useClock();
  const inBrowser = useData("app_state").data?.inBrowser === true;
  const download = useSecretCommand("download_backup");
  const write = useSecretCommand("backup_wallet");
  const [password, setPassword] = useState("");
  const [path, setPath] = useState("");
  const [done, setDone] = useState<BackupView>();
  const running = inBrowser ? download : write;

  const finish = {
    onSuccess: (backup: BackupView) => {
      if (backup.file !== null) void save(backup.file);
      // The file is saved; the page keeps only what it says about it.
      setDone({ ...backup, file: null });
      download.reset();
    },
    onSettled: () => setPassword(""),
  };
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t("settings:backup.title")}
      footer={
        done ? (
          <Button onClick={onClose}>{t("frame:close")}</Button>
        ) : (
          <>
            <Button variant="default" onClick={onClose}>
              {t("frame:cancel")}
            </Button>
            <Button type="submit" form="backup" loading={running.isPending} disabled={password === "" || (!inBrowser && path.trim() === "")}>
              {t("settings:backup.go")}
            </Button>
          </>
        )
      }
    >
      {done ? (
        <Stack>
          <StatusPill state="ok">
            <strong>{t("settings:backup.verified")}</strong>
          </StatusPill>
          <KeyValues
            pairs={[
              done.path !== null && [t("settings:backup.where"), <span className={classes.value}>{done.path}</span>],
              [t("settings:backup.when"), formatInstant(Date.parse(done.verifiedAt), now, zone)],
              [t("settings:backup.holds"), t("settings:backup.accounts", { count: done.accounts })],
              [t("settings:backup.size"), formatBytes(Number(done.sizeBytes))],
              [t("settings:backup.hash"), <span className={classes.value}>{done.sha256}</span>],
            ]}
          />
          <p className="small ink-2">{t("settings:backup.keep")}</p>
        </Stack>
      ) : (
        <form
          id="backup"
          onSubmit={(event) => {
            event.preventDefault();
            if (inBrowser) download.mutate({ password }, finish);
            else write.mutate({ path: path.trim(), password }, finish);
          }}
        >
          <Stack>
            <p className="ink-2">{t("settings:backup.text")}</p>
            {!inBrowser && (
              <TextInput
                label={t("settings:backup.folder")}
                description={t("settings:backup.folderText")}
                inputWrapperOrder={["label", "input", "description"]}
                value={path}
                data-autofocus
                rightSectionWidth={96}
                rightSection={
                  <Button variant="quiet" size="xs" onClick={() => void pickPath({ kind: "folder", title: t("settings:backup.folder") }).then((picked) => picked !== null && setPath(picked))}>
                    {t("settings:backup.choose")}
                  </Button>
                }
                autoComplete="off"
                onChange={(event) => setPath(event.currentTarget.value)}
              />
            )}
            <PasswordField label={t("components:password.label")} value={password} onChange={setPassword} autoFocus={inBrowser} />
            {running.isError && <ErrorPanel inline error={running.error} />}
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
