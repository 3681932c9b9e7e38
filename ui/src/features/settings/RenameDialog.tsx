/** Another name for the open wallet. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Stack } from "../../components/layout/Row";
import { useCommand } from "../../transport";

/** The dialog. */
export function RenameDialog({ name: present, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation();
  const rename = useCommand("rename_wallet");
  const [name, setName] = useState(present);
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t("settings:wallet.renameTitle")}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t("frame:cancel")}
          </Button>
          <Button type="submit" form="rename" loading={rename.isPending} disabled={name.trim() === ""}>
            {t("wallet:account.save")}
          </Button>
        </>
      }
    >
      <form
        id="rename"
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate({ name: name.trim() }, { onSuccess: onClose });
        }}
      >
        <Stack>
          <TextInput label={t("settings:wallet.name")} value={name} maxLength={64} data-autofocus autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
          {rename.isError && <ErrorPanel inline error={rename.error} />}
        </Stack>
      </form>
    </Dialog>
  );
}
