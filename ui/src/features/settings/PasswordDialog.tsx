/** Another password for the open wallet. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { announce } from "../../components/announce";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Stack } from "../../components/layout/Row";
import { NewPasswordFields, newPasswordAccepted, PasswordField } from "../../components/PasswordField";
import { useSecretCommand } from "../../transport";

/** The dialog; what is typed is dropped with it. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const change = useSecretCommand("change_password");
  const [password, setPassword] = useState("");
  const [next, setNext] = useState({ password: "", repeated: "" });
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t("settings:wallet.changePassword")}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t("frame:cancel")}
          </Button>
          <Button type="submit" form="password" loading={change.isPending} disabled={password === "" || !newPasswordAccepted(next)}>
            {t("settings:wallet.changeGo")}
          </Button>
        </>
      }
    >
      <form
        id="password"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(
            { password, newPassword: next.password },
            {
              onSuccess: () => {
                announce(t("settings:wallet.passwordChanged"));
                onClose();
              },
              onSettled: () => setPassword(""),
            },
          );
        }}
      >
        <Stack>
          <PasswordField label={t("settings:wallet.presentPassword")} value={password} onChange={setPassword} autoFocus />
          <NewPasswordFields label={t("settings:wallet.newPassword")} value={next} onChange={setNext} />
          <p className="small ink-2">{t("settings:wallet.oldBackups")}</p>
          {change.isError && <ErrorPanel inline error={change.error} />}
        </Stack>
      </form>
    </Dialog>
  );
}
