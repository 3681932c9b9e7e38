/** Dialogs: the title is a heading, Esc closes the top one, focus returns; a sheet from below on phones. */
import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Dialog.module.css";

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** Buttons, Cancel first, the primary one last. */
  footer?: ReactNode;
  /** In pixels; 560 unless the content needs more. */
  width?: number;
  children: ReactNode;
}

/** A dialog over the page. */
export function Dialog({ opened, onClose, title, footer, width = 560, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={width}
      centered
      // The page itself never scrolls, `main` does; locking would need an inline style sheet.
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ "aria-label": t("frame:close") }}
    >
      {children}
      {footer !== undefined && <div className={classes.footer}>{footer}</div>}
    </Modal>
  );
}
