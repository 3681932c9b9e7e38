/** Add or change a contact. */
import { Button, Checkbox, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import type { ContactView } from "../../bindings";
import { AddressInput, plainAddress, useAddressCheck } from "../../components/AddressInput";
import { announce } from "../../components/announce";
import { DangerDialog } from "../../components/DangerDialog";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Stack } from "../../components/layout/Row";
import { errorParts, useCommand } from "../../transport";

/** The dialog; without a contact it adds one. */
export function ContactDialog({ contact, onClose }: { contact?: ContactView; onClose: () => void }) {
  const { t } = useTranslation();
  const add = useCommand("add_contact");
  const edit = useCommand("edit_contact");
  const remove = useCommand("delete_contact");
  const [name, setName] = useState(contact?.name ?? "");
  const [address, setAddress] = useState(contact?.address.plain ?? "");
  const [note, setNote] = useState(contact?.note ?? "");
  const [accepted, setAccepted] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const check = useAddressCheck(address);
  const running = contact ? edit : add;
  const refused = running.isError && errorParts(running.error).code === "look_alike";

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const values = { name: name.trim(), address: plainAddress(address), note, acceptLookAlike: accepted };
    const done = {
      onSuccess: (saved: ContactView) => {
        announce(t("contacts:saved", { name: saved.name }));
        onClose();
      },
    };
    if (contact) edit.mutate({ contact: contact.id, ...values }, done);
    else add.mutate(values, done);
  };

  if (deleting && contact) {
    return (
      <DangerDialog
        opened
        onClose={() => setDeleting(false)}
        onConfirm={async () => {
          await remove.mutateAsync({ contact: contact.id });
          onClose();
        }}
        title={t("contacts:deleteTitle", { name: contact.name })}
        removed={[{ what: t("contacts:deleteRemoved") }]}
        stays={[{ what: t("contacts:deleteStays") }]}
        confirmLabel={t("contacts:delete")}
      />
    );
  }
  return (
    <Dialog
      opened
      onClose={onClose}
      title={contact ? t("contacts:editTitle") : t("contacts:add")}
      footer={
        <>
          {contact && (
            <Button variant="danger-outline" onClick={() => setDeleting(true)}>
              {t("contacts:delete")}
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            {t("frame:cancel")}
          </Button>
          <Button type="submit" form="contact" loading={running.isPending} disabled={name.trim() === "" || check?.valid !== true || (refused && !accepted)}>
            {t("wallet:account.save")}
          </Button>
        </>
      }
    >
      <form id="contact" onSubmit={submit}>
        <Stack>
          <TextInput label={t("contacts:name")} value={name} maxLength={64} data-autofocus autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
          <AddressInput label={t("wallet:account.address")} value={address} onChange={setAddress} suggest="none" placeholder={t("contacts:paste")} />
          <TextInput label={t("contacts:note")} value={note} maxLength={500} autoComplete="off" onChange={(event) => setNote(event.currentTarget.value)} />
          {running.isError && <ErrorPanel inline error={running.error} />}
          {refused && <Checkbox label={t("contacts:accept")} checked={accepted} onChange={(event) => setAccepted(event.currentTarget.checked)} />}
        </Stack>
      </form>
    </Dialog>
  );
}
