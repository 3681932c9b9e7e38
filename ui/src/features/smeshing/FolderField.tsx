/** A folder (or file) of the computer that runs Smapp: typed, or found by walking its folders. Works the same in the window and in a browser. */
import { Button, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Icon } from "../../components/Icon";
import { formatBytes } from "../../format";
import { useData } from "../../transport";
import classes from "./FolderField.module.css";

interface FolderFieldProps {
  label: string;
  value: string;
  onChange: (path: string) => void;
  /** Files can be chosen; otherwise folders. */
  files?: boolean;
  error?: ReactNode;
}

export function FolderField({ label, value, onChange, files = false, error }: FolderFieldProps) {
  const { t } = useTranslation("smeshing");
  const [open, setOpen] = useState(false);
  const action = files ? t("browse.file") : t("browse.folder");
  return (
    <div className={classes.field}>
      <TextInput
        label={label}
        value={value}
        error={error}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <Button variant="default" onClick={() => setOpen(true)}>
        {action}
      </Button>
      {open && (
        <Browser
          title={action}
          start={value}
          files={files}
          onClose={() => setOpen(false)}
          onChoose={(path) => {
            onChange(path);
            setOpen(false);
          }}
        />
      )}
    </div>
  );
}

interface BrowserProps {
  title: string;
  start: string;
  files: boolean;
  onClose: () => void;
  onChoose: (path: string) => void;
}

function Browser({ title, start, files, onClose, onChoose }: BrowserProps) {
  const { t } = useTranslation("smeshing");
  // A field may hold a file or a folder that does not exist yet: the walk then starts at home.
  const [path, setPath] = useState<string | null>(files || start.trim() === "" ? null : start.trim());
  const { data, error } = useData("browse_folder", { path, files });
  return (
    <Dialog
      opened
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t("browse.cancel")}
          </Button>
          {!files && (
            <Button disabled={data === undefined} onClick={() => data !== undefined && onChoose(data.path)}>
              {t("browse.use")}
            </Button>
          )}
        </>
      }
    >
      {error !== null && (
        <ErrorPanel
          inline
          error={error}
          actions={
            <Button variant="default" onClick={() => setPath(null)}>
              {t("browse.home")}
            </Button>
          }
        />
      )}
      {data !== undefined && (
        <>
          <nav className={classes.places} aria-label={t("browse.places")}>
            {data.places.map((place) => (
              <button key={place} type="button" onClick={() => setPath(place)}>
                {place}
              </button>
            ))}
          </nav>
          <p className={classes.path}>{data.path}</p>
          <ul className={classes.entries} aria-label={t("browse.entries")}>
            {data.parent !== null && (
              <li>
                <button type="button" onClick={() => setPath(data.parent)}>
                  <Icon name="forward" size={16} />
                  <span>{t("browse.up")}</span>
                </button>
              </li>
            )}
            {data.entries.map((entry) => (
              <li key={entry.path}>
                <button type="button" disabled={!entry.folder && !files} onClick={() => (entry.folder ? setPath(entry.path) : onChoose(entry.path))}>
                  <Icon name={entry.folder ? "disk" : "file"} size={16} />
                  <span>{entry.name}</span>
                  {entry.sizeBytes !== null && <span className={classes.size}>{formatBytes(entry.sizeBytes)}</span>}
                </button>
              </li>
            ))}
            {data.truncated && <li className={classes.more}>{t("browse.more")}</li>}
          </ul>
        </>
      )}
    </Dialog>
  );
}
