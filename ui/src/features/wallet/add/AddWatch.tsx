/** An address to watch. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AddressInput, plainAddress, useAddressCheck } from "../../../components/AddressInput";
import { Stack } from "../../../components/layout/Row";
import { useCommand } from "../../../transport";
import { FormFoot, useAdded } from "./FormFoot";

/** The form. */
export function AddWatch() {
  const { t } = useTranslation();
  const added = useAdded();
  const add = useCommand("add_watch_account");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const check = useAddressCheck(address);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({ name: name.trim(), address: plainAddress(address) }, { onSuccess: added });
      }}
    >
      <Stack>
        <TextInput label={t("wallet:account.name")} value={name} maxLength={64} autoFocus autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
        <AddressInput label={t("wallet:account.address")} value={address} onChange={setAddress} suggest="contacts" />
        <FormFoot error={add.error} busy={add.isPending} ready={name.trim() !== "" && check?.valid === true} />
      </Stack>
    </form>
  );
}
