/** Whose space it will be: a new identity, one of this computer without space, or a key from a file. */
import { Radio, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { IdentityView } from "../../bindings";
import { Notice } from "../../components/Notice";
import { FolderField } from "./FolderField";
import { shortId } from "./data";
import classes from "./smeshing.module.css";

export type IdentityDraft = { kind: "new"; name: string } | { kind: "existing"; id: string } | { kind: "file"; path: string };

interface IdentityFieldsProps {
  draft: IdentityDraft;
  /** Identities of this computer without space. */
  free: readonly IdentityView[];
  onChange: (draft: IdentityDraft) => void;
}

export function IdentityFields({ draft, free, onChange }: IdentityFieldsProps) {
  const { t } = useTranslation("smeshing");
  const value = draft.kind === "existing" ? draft.id : draft.kind;
  const choose = (to: string) =>
    onChange(to === "new" ? { kind: "new", name: "" } : to === "file" ? { kind: "file", path: "" } : { kind: "existing", id: to });
  return (
    <>
      <Radio.Group label={t("setup.identity.kind")} value={value} onChange={choose}>
        <div className={classes.choices}>
          <Radio value="new" label={t("setup.identity.new")} />
          {free.map((each) => (
            <Radio key={each.id} value={each.id} label={t("setup.identity.free", { name: each.name, id: shortId(each.id) })} />
          ))}
          <Radio value="file" label={t("setup.identity.existing")} />
        </div>
      </Radio.Group>
      <div className={classes.space}>
        {draft.kind === "new" && (
          <TextInput
            className={classes.shortField}
            label={t("setup.identity.name")}
            description={t("setup.identity.nameHint")}
            value={draft.name}
            maxLength={64}
            onChange={(event) => onChange({ kind: "new", name: event.currentTarget.value.trim() })}
          />
        )}
        {draft.kind === "file" && <FolderField files label={t("setup.identity.file")} value={draft.path} onChange={(path) => onChange({ kind: "file", path })} />}
        {draft.kind !== "new" && (
          <div className={classes.notices}>
            <Notice kind="attention" title={t("setup.identity.warning")} />
          </div>
        )}
      </div>
    </>
  );
}
