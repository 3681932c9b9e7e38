/**
 * The question before something is lost. Lists what will be removed and what stays, says what it costs, wants a typed name when the thing
 * cannot be made again within a minute. The first focus is Cancel; Enter never confirms; the button says what it removes.
 */
import { Button, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Trans, useTranslation } from "react-i18next";
import classes from "./DangerDialog.module.css";
import { Dialog } from "./Dialog";
import { ErrorPanel } from "./ErrorPanel";
import { Notice } from "./Notice";
import { StateGlyph } from "./StatusPill";

/** A line of the lists: the thing, and how many or how large. */
export interface DangerItem {
  what: ReactNode;
  size?: string;
}

interface DangerDialogProps {
  opened: boolean;
  onClose: () => void;
  /** Resolves when it is done; a rejection is shown in the dialog. */
  onConfirm: () => Promise<unknown>;
  /** The question. */
  title: string;
  /** The sentence below it. */
  text?: ReactNode;
  removed: DangerItem[];
  stays: DangerItem[];
  costs?: ReactNode;
  /** Must be typed before the button works. */
  typedName?: string;
  /** "Remove 256 GiB". */
  confirmLabel: string;
  /** Choices inside, such as keeping a key. */
  children?: ReactNode;
}

/** Asks, then does. */
export function DangerDialog(props: DangerDialogProps) {
  // Mounted only while open: the typed name never survives a closed dialog.
  return props.opened ? <OpenDangerDialog {...props} /> : null;
}

function OpenDangerDialog({ onClose, onConfirm, title, text, removed, stays, costs, typedName, confirmLabel, children }: DangerDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const ready = typedName === undefined || typed.trim() === typedName.trim();

  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };

  return (
    <Dialog
      opened
      onClose={onClose}
      title={title}
      width={600}
      footer={
        <>
          <Button variant="default" data-autofocus onClick={onClose}>
            {t("frame:cancel")}
          </Button>
          <Button variant="danger" disabled={!ready} loading={busy} onClick={() => void confirm()}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {text !== undefined && <p className="ink-2">{text}</p>}
      {removed.length > 0 && <List title={t("components:danger.removed")} state="bad" items={removed} />}
      {stays.length > 0 && <List title={t("components:danger.stays")} state="ok" items={stays} />}
      {costs !== undefined && (
        <div className={classes.block}>
          <Notice kind="attention" title={t("components:danger.costs")}>
            {costs}
          </Notice>
        </div>
      )}
      {children !== undefined && <div className={classes.block}>{children}</div>}
      {typedName !== undefined && (
        <TextInput
          className={classes.block}
          label={
            <Trans t={t} i18nKey="components:danger.type" values={{ name: typedName }} components={{ b: <b /> }} shouldUnescape />
          }
          value={typed}
          autoComplete="off"
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {error !== undefined && (
        <div className={classes.block}>
          <ErrorPanel inline error={error} />
        </div>
      )}
    </Dialog>
  );
}

function List({ title, state, items }: { title: string; state: "bad" | "ok"; items: DangerItem[] }) {
  return (
    <div className={classes.block}>
      <h3>{title}</h3>
      <ul className={classes.list}>
        {items.map((item, index) => (
          <li key={index}>
            <StateGlyph state={state} decorative />
            <span>{item.what}</span>
            {item.size !== undefined && <span className="ink-3 nowrap">{item.size}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
