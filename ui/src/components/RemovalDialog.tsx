/** The danger dialog for a removal as the program describes it: what goes, what stays, what it costs. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { RemovalView } from "../bindings";
import { formatBytes } from "../format";
import { useSentence } from "../i18n/sentence";
import { DangerDialog } from "./DangerDialog";

interface RemovalDialogProps {
  /** Absent: the dialog is closed. */
  removal: RemovalView | undefined;
  onClose: () => void;
  onConfirm: () => Promise<unknown>;
  /** Choices inside. */
  children?: ReactNode;
}

/** Asks with the program's list. */
export function RemovalDialog({ removal, onClose, onConfirm, children }: RemovalDialogProps) {
  const { t } = useTranslation();
  const sentence = useSentence();
  if (removal === undefined) return null;
  return (
    <DangerDialog
      opened
      onClose={onClose}
      onConfirm={onConfirm}
      title={sentence(removal.question)}
      removed={removal.removed.map((item) => ({
        what: <span className="mono">{item.path}</span>,
        size: item.files > 0 ? t("components:danger.size", { files: t("components:danger.files", { count: item.files }), size: formatBytes(Number(item.sizeBytes)) }) : undefined,
      }))}
      stays={removal.stays.map((stay) => ({ what: sentence(stay) }))}
      costs={removal.costs.length > 0 ? removal.costs.map(sentence).join(" ") : undefined}
      typedName={removal.typedName ?? undefined}
      confirmLabel={sentence(removal.button)}
    >
      {children}
    </DangerDialog>
  );
}
