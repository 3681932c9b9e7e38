/** An account from a `.account` file of another signer. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FileSource } from "../../../bindings";
import { FilePick } from "../../../components/FilePick";
import { sourceOf } from "../../../components/files";
import { Stack } from "../../../components/layout/Row";
import { useCommand } from "../../../transport";
import { FormFoot, useAdded } from "./FormFoot";

/** The form. */
export function AddFromFile() {
  const { t } = useTranslation();
  const added = useAdded();
  const add = useCommand("import_account");
  const [name, setName] = useState("");
  const [file, setFile] = useState<{ source: FileSource; name: string }>();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (file) add.mutate({ source: file.source, name: name.trim() === "" ? null : name.trim() }, { onSuccess: added });
      }}
    >
      <Stack>
        <FilePick
          hint={t("wallet:add.fileHint")}
          accept=".account,.json"
          chosen={file?.name}
          onPick={([first]) => {
            if (first) void sourceOf(first).then((source) => setFile({ source, name: first.name }));
          }}
        />
        <TextInput
          label={t("wallet:account.name")}
          description={t("wallet:add.fileName")}
          inputWrapperOrder={["label", "input", "description"]}
          value={name}
          maxLength={64}
          autoComplete="off"
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <FormFoot error={add.error} busy={add.isPending} ready={file !== undefined} />
      </Stack>
    </form>
  );
}
