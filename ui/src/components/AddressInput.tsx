/**
 * A field for an address: contacts and own accounts as suggestions while typing a name, a message of its own for each fault, a warning for
 * look-alikes. The program checks; the page only shows.
 */
import { Combobox, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { AddressCheck } from "../bindings";
import { useOpenSession } from "../app/session";
import { useSentence } from "../i18n/sentence";
import { useDataWhen } from "../transport";
import { Address } from "./Address";
import classes from "./AddressInput.module.css";
import { Notice } from "./Notice";
import { OrbitPrint } from "./OrbitPrint";

interface AddressInputProps {
  label: ReactNode;
  /** What was typed. */
  value: string;
  onChange: (value: string) => void;
  description?: ReactNode;
  placeholder?: string;
  autoFocus?: boolean;
  /** The shape of addresses that may be suggested. */
  suggest?: "all" | "contacts" | "none";
}

/** The address as typed without the spaces that people copy along. */
export function plainAddress(text: string): string {
  return text.replace(/\s/g, "");
}

/** What the program says about a typed address; `undefined` while empty or not yet known. */
export function useAddressCheck(text: string): AddressCheck | undefined {
  const plain = plainAddress(text);
  const [settled] = useDebouncedValue(plain, 120);
  const answer = useDataWhen("check_address", settled === "" ? undefined : [{ address: settled }]);
  // An answer about an older text would approve what was not checked.
  return plain === settled && plain !== "" && !answer.isPlaceholderData ? answer.data : undefined;
}

/** The field. */
export function AddressInput({ label, value, onChange, description, placeholder, autoFocus, suggest = "all" }: AddressInputProps) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const open = useOpenSession() !== undefined && suggest !== "none";
  const accounts = useDataWhen("accounts", open && suggest === "all" ? [] : undefined).data;
  const contacts = useDataWhen("contacts", open ? [] : undefined).data;
  const check = useAddressCheck(value);
  const known = useMemo(
    () => [
      ...(contacts ?? []).map((contact) => ({ id: `contact.${contact.id}`, name: contact.name, address: contact.address.plain })),
      ...(suggest === "all" ? (accounts?.accounts ?? []) : []).map((account) => ({ id: `account.${account.id}`, name: account.name, address: account.address.plain })),
    ],
    [accounts, contacts, suggest],
  );
  const typed = value.trim().toLowerCase();
  const suggestions = check?.valid === true ? [] : known.filter((entry) => typed === "" || entry.name.toLowerCase().includes(typed) || entry.address.startsWith(typed)).slice(0, 6);
  // While a name is typed that fits somebody, "not an address" would be noise.
  const naming = suggestions.length > 0;
  const fault = check !== undefined && !check.valid && !naming && check.message !== null ? sentence(check.message) : undefined;
  const name = check?.contact ?? check?.ownAccount ?? undefined;

  return (
    <div>
      <Combobox
        store={combobox}
        onOptionSubmit={(address) => {
          onChange(address);
          combobox.closeDropdown();
        }}
      >
        <Combobox.Target>
          <TextInput
            label={label}
            value={value}
            classNames={{ input: classes.input }}
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            data-autofocus={autoFocus}
            placeholder={placeholder ?? t("components:address.paste")}
            error={fault}
            description={check?.valid === true ? undefined : description}
            inputWrapperOrder={["label", "input", "error", "description"]}
            onChange={(event) => {
              onChange(event.currentTarget.value);
              if (suggestions.length > 0) combobox.openDropdown();
              combobox.updateSelectedOptionIndex();
            }}
            onFocus={() => combobox.openDropdown()}
            onBlur={() => combobox.closeDropdown()}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={suggestions.length === 0}>
          <Combobox.Options aria-label={t("components:address.suggestions")}>
            {suggestions.map((entry) => (
              <Combobox.Option key={entry.id} value={entry.address}>
                <span className={classes.option}>
                  <OrbitPrint address={entry.address} size={22} />
                  <Address address={entry.address} name={entry.name} />
                </span>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      {check?.valid === true && check.address && (
        <div className={classes.found}>
          <OrbitPrint address={check.address.plain} />
          <span>
            {name !== undefined && <span className="strong">{name} </span>}
            {check.contact !== null && <span className="ink-3">{t("components:address.contact")}</span>}
            {check.ownAccount !== null && <span className="ink-3">{t("components:address.own")}</span>}
            {(name !== undefined || check.ownAccount !== null) && <br />}
            <Address address={check.address.plain} full />
          </span>
        </div>
      )}
      {check?.lookAlike && (
        <div className={classes.warning}>
          <Notice kind="attention" title={sentence(check.lookAlike.text)} />
        </div>
      )}
    </div>
  );
}
