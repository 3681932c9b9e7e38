/** Removing space: the exact list of what goes and what stays, as the program found it; the name has to be typed. */
import { Checkbox } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IdentityView, RemovalView, SpaceView } from "../../bindings";
import { navigate } from "../../app/router";
import { DangerDialog, type DangerItem } from "../../components/DangerDialog";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { formatBytes } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useCommand, useDataWhen } from "../../transport";
import classes from "./smeshing.module.css";

export function RemoveDialog({ identity, space, onClose }: { identity: IdentityView; space: SpaceView; onClose: () => void }) {
  const { t } = useTranslation("smeshing");
  const [keepKey, setKeepKey] = useState(true);
  const removal = useDataWhen("space_removal", [{ identity: identity.id, removeKey: !keepKey }]);
  const remove = useCommand("remove_space");
  if (removal.data === undefined) {
    return removal.error === null ? null : (
      <Dialog opened onClose={onClose} title={t("identity.remove")}>
        <ErrorPanel inline error={removal.error} />
      </Dialog>
    );
  }
  return (
    <RemovalDialog
      removal={removal.data}
      onClose={onClose}
      onConfirm={async () => {
        await remove.mutateAsync({ identity: identity.id, typedName: removal.data.typedName ?? identity.name, removeKey: !keepKey });
        navigate("/smeshing", { replace: true });
      }}
    >
      <Checkbox label={t("remove.keepKey")} checked={keepKey} onChange={(event) => setKeepKey(event.currentTarget.checked)} />
      <p className={classes.hint}>{t("remove.again", { size: formatBytes(space.totalBytes) })}</p>
    </RemovalDialog>
  );
}

interface RemovalDialogProps {
  removal: RemovalView;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
  children?: React.ReactNode;
}

/** A removal as the program describes it. */
export function RemovalDialog({ removal, onClose, onConfirm, children }: RemovalDialogProps) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const removed = removal.removed.map(
    (item): DangerItem => ({
      what: <code className={classes.mono}>{item.path}</code>,
      size: t("remove.files", { count: item.files, size: formatBytes(item.sizeBytes) }),
    }),
  );
  return (
    <DangerDialog
      opened
      onClose={onClose}
      onConfirm={onConfirm}
      title={sentence(removal.question)}
      text={t("remove.text")}
      removed={removed}
      stays={removal.stays.map((stay): DangerItem => ({ what: sentence(stay) }))}
      costs={removal.costs.length === 0 ? undefined : removal.costs.map((cost) => sentence(cost)).join(" ")}
      typedName={removal.typedName ?? undefined}
      confirmLabel={sentence(removal.button)}
    >
      {children}
    </DangerDialog>
  );
}
