/** The fields every new wallet file needs: its name and its password. */
import { TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { NewPasswordFields, newPasswordAccepted, type NewPassword } from "../../components/PasswordField";

/** The values. Cleared by the flow as soon as the file exists. */
export interface NewFile extends NewPassword {
  name: string;
}

/** Nothing typed yet. */
export const emptyFile: NewFile = { name: "", password: "", repeated: "" };

/** Whether the program will probably accept them. */
export function fileAccepted(file: NewFile): boolean {
  return file.name.trim() !== "" && newPasswordAccepted(file);
}

/** The fields. */
export function NameAndPassword({ value, onChange, autoFocus = true }: { value: NewFile; onChange: (value: NewFile) => void; autoFocus?: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        label={t("onboarding:file.name")}
        description={t("onboarding:file.nameText")}
        inputWrapperOrder={["label", "input", "description"]}
        value={value.name}
        maxLength={64}
        autoComplete="off"
        autoFocus={autoFocus}
        onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
      />
      <NewPasswordFields value={value} onChange={(password) => onChange({ ...value, ...password })} />
    </>
  );
}
