/** Fields for passwords: with an eye and a Caps Lock hint; for new ones with a meter that gives a reason. Values live in the form only. */
import { PasswordInput } from "@mantine/core";
import { useEffect, useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useDebouncedValue } from "@mantine/hooks";
import type { PasswordStrength } from "../bindings";
import { useSentence } from "../i18n/sentence";
import { useBackend } from "../transport";
import classes from "./PasswordField.module.css";

interface PasswordFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  error?: ReactNode;
  description?: ReactNode;
  autoComplete?: "current-password" | "new-password";
  autoFocus?: boolean;
  name?: string;
}

/** One password. */
export function PasswordField({ label, value, onChange, error, description, autoComplete = "current-password", autoFocus = false, name }: PasswordFieldProps) {
  const { t } = useTranslation();
  const [capsLock, setCapsLock] = useState(false);
  const [shown, setShown] = useState(false);
  return (
    <PasswordInput
      label={label}
      name={name}
      value={value}
      error={error === undefined ? undefined : capsLock ? `${typeof error === "string" ? error : ""} ${t("components:password.capsLock")}` : error}
      description={error === undefined && capsLock ? t("components:password.capsLock") : description}
      inputWrapperOrder={["label", "input", "description", "error"]}
      autoComplete={autoComplete}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus}
      visible={shown}
      onVisibilityChange={setShown}
      visibilityToggleButtonProps={{ "aria-label": t(shown ? "components:password.hide" : "components:password.show"), tabIndex: 0 }}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyUp={(event) => setCapsLock(event.getModifierState("CapsLock"))}
    />
  );
}

/** A new password, typed twice. `accepted` tells the form whether it may go on. */
export interface NewPassword {
  password: string;
  repeated: string;
}

/** Whether a new password may be used: long enough and typed twice alike. The program checks again. */
export function newPasswordAccepted({ password, repeated }: NewPassword): boolean {
  return Array.from(password).length >= 8 && password === repeated;
}

/** The two fields of a new password with the meter. */
export function NewPasswordFields({ value, onChange, autoFocus = false, label }: { value: NewPassword; onChange: (value: NewPassword) => void; autoFocus?: boolean; label?: string }) {
  const { t } = useTranslation();
  const meter = useId();
  const strength = useStrength(value.password);
  const sentence = useSentence();
  const differs = value.repeated !== "" && value.repeated !== value.password;
  return (
    <>
      <PasswordField
        label={label ?? t("components:password.label")}
        autoComplete="new-password"
        autoFocus={autoFocus}
        value={value.password}
        onChange={(password) => onChange({ ...value, password })}
        description={
          value.password === "" ? (
            t("components:password.tooShort")
          ) : strength ? (
            <span className={classes.meter} id={meter}>
              <span className={classes.bar} data-score={strength.score} aria-hidden="true" />
              <span>{sentence(strength.sentence)}</span>
            </span>
          ) : (
            " "
          )
        }
      />
      <PasswordField
        label={t("components:password.repeat")}
        autoComplete="new-password"
        value={value.repeated}
        onChange={(repeated) => onChange({ ...value, repeated })}
        error={differs ? t("components:password.differs") : undefined}
      />
    </>
  );
}

/** How strong a password is. Held in this component's state, never in the query cache. */
function useStrength(password: string): PasswordStrength | undefined {
  const backend = useBackend();
  const [settled] = useDebouncedValue(password, 150);
  const [answer, setAnswer] = useState<PasswordStrength>();
  useEffect(() => {
    if (settled === "") return;
    let current = true;
    backend.call("password_strength", { password: settled }).then(
      (strength) => {
        if (current) setAnswer(strength);
      },
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [backend, settled]);
  return password === "" ? undefined : answer;
}
