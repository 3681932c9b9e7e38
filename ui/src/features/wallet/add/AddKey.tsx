/** An account from a secret key. The key lives in this form and is dropped when it was used. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Stack } from "../../../components/layout/Row";
import { Notice } from "../../../components/Notice";
import { PasswordField } from "../../../components/PasswordField";
import { useSecretCommand } from "../../../transport";
import { FormFoot, useAdded } from "./FormFoot";

/** The form. */
export function AddKey() {
  const { t } = useTranslation();
  const added = useAdded();
  const add = useSecretCommand("import_secret_key");
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [password, setPassword] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(
          { name: name.trim(), secretKey: secret.trim(), password },
          {
            onSuccess: (account) => {
              setSecret("");
              add.reset();
              added(account);
            },
            onSettled: () => setPassword(""),
          },
        );
      }}
    >
      <Stack>
        <Notice kind="attention" title={t("wallet:add.keyWarning")}>
          {t("wallet:add.keyWarningText")}
        </Notice>
        <TextInput label={t("wallet:account.name")} value={name} maxLength={64} autoFocus autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
        <PasswordField label={t("wallet:add.secretKey")} description={t("wallet:add.secretKeyText")} value={secret} onChange={setSecret} autoComplete="new-password" />
        <PasswordField label={t("wallet:add.password")} value={password} onChange={setPassword} />
        <FormFoot error={add.error} busy={add.isPending} ready={name.trim() !== "" && secret.trim() !== "" && password !== ""} />
      </Stack>
    </form>
  );
}
