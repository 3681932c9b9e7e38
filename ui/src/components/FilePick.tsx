/** Choosing files: a place to drop them and a button. The file is read, never changed. */
import { Button, FileButton } from "@mantine/core";
import { useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { FILE_BYTES_MAX } from "./files";
import classes from "./FilePick.module.css";
import { Icon } from "./Icon";

interface FilePickProps {
  /** Read by name while nothing is chosen: what belongs here. */
  hint?: string;
  multiple?: boolean;
  /** Endings offered by the system's dialog; any file can be dropped. */
  accept?: string;
  /** Name of what was chosen. */
  chosen?: string;
  onPick: (files: File[]) => void;
}

/** A drop area with a button. */
export function FilePick({ hint, multiple = false, accept, chosen, onPick }: FilePickProps) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const [fault, setFault] = useState<string>();
  const pick = (files: File[]) => {
    const tooLarge = files.find((file) => file.size > FILE_BYTES_MAX);
    if (tooLarge) {
      setFault(t("components:file.tooLarge", { name: tooLarge.name }));
      return;
    }
    setFault(undefined);
    if (files.length > 0) onPick(multiple ? files : files.slice(0, 1));
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    pick([...event.dataTransfer.files]);
  };
  return (
    <div>
      {/* Dropping is an extra for the pointer; the button inside does the same by keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        className={classes.drop}
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <Icon name="file" size={22} />
        <div className={classes.words}>
          <p className="strong">{chosen === undefined ? t("components:file.drop") : t("components:file.chosen", { name: chosen })}</p>
          {hint !== undefined && <p className="small ink-3">{hint}</p>}
        </div>
        <FileButton multiple={multiple} accept={accept} onChange={(files: File | File[] | null) => pick(files === null ? [] : Array.isArray(files) ? files : [files])}>
          {(props) => (
            <Button variant="default" {...props}>
              {t("components:file.choose")}
            </Button>
          )}
        </FileButton>
      </div>
      {fault !== undefined && (
        <p className="small failed" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
