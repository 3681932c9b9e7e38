/** Contacts: names make addresses safe to check. A look-alike of a known address is only saved after a second yes. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { navigate, useLocation } from "../../app/router";
import type { ContactView } from "../../bindings";
import { Address } from "../../components/Address";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Icon } from "../../components/Icon";
import { Page } from "../../components/layout/Page";
import { Row } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { OrbitPrint } from "../../components/OrbitPrint";
import { RecordTable, type Column } from "../../components/RecordTable";
import { useSentence } from "../../i18n/sentence";
import { useData } from "../../transport";
import { ContactDialog } from "./ContactDialog";
import classes from "./Contacts.module.css";

/** The page. */
export function Contacts() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const { query } = useLocation();
  const answer = useData("contacts");
  const contacts = answer.data ?? [];
  const [search, setSearch] = useState("");
  const [adding, setAdding] = useState(query.get("add") !== null);
  const [editing, setEditing] = useState<string | null>(query.get("open"));
  const close = () => {
    setAdding(false);
    setEditing(null);
    // The address no longer asks for the dialog, so that it can be asked for again.
    if (query.has("add") || query.has("open")) navigate("/contacts", { replace: true });
  };
  const edited = contacts.find((contact) => contact.id === editing);
  const wanted = search.trim().toLowerCase();
  const shown = contacts.filter((contact) => wanted === "" || contact.name.toLowerCase().includes(wanted) || contact.address.plain.includes(wanted));
  const lookAlike = contacts.find((contact) => contact.lookAlike !== null)?.lookAlike;

  const columns: Column<ContactView>[] = [
    {
      id: "contact",
      head: t("contacts:contact"),
      phone: "main",
      cell: (contact) => (
        <Row gap={3}>
          <OrbitPrint address={contact.address.plain} size={26} />
          <span>
            <span className="strong">{contact.name}</span>
            <br />
            <Address address={contact.address.plain} />
          </span>
        </Row>
      ),
    },
    { id: "note", head: t("contacts:note"), cell: (contact) => <span className="ink-2">{contact.note}</span> },
    {
      id: "send",
      head: t("contacts:actions"),
      align: "right",
      phone: "side",
      cell: (contact) => (
        <Button variant="quiet" size="xs" aria-label={t("contacts:sendTo", { name: contact.name })} onClick={() => navigate(`/wallet/send?to=${contact.address.plain}`)}>
          {t("contacts:send")}
        </Button>
      ),
    },
  ];

  return (
    <Page
      title={t("contacts:title")}
      actions={
        <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setAdding(true)}>
          {t("contacts:add")}
        </Button>
      }
    >
      {answer.isError && <ErrorPanel error={answer.error} />}
      {answer.data?.length === 0 && (
        <EmptyState title={t("contacts:empty")} action={<Button variant="default" onClick={() => setAdding(true)}>{t("contacts:add")}</Button>}>
          {t("contacts:emptyText")}
        </EmptyState>
      )}
      {contacts.length > 0 && (
        <>
          <TextInput
            className={classes.search}
            data-search
            aria-label={t("contacts:search")}
            placeholder={t("contacts:search")}
            leftSection={<Icon name="search" size={16} />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <RecordTable
            label={t("contacts:title")}
            columns={columns}
            rows={shown}
            rowKey={(contact) => contact.id}
            onOpen={(contact) => setEditing(contact.id)}
            copy={{ text: (contact) => contact.address.plain, what: t("components:address.what") }}
          />
          {shown.length === 0 && <p className={classes.none}>{t("contacts:none", { query: search })}</p>}
          {lookAlike && (
            <div className={classes.notice}>
              <Notice kind="attention" title={t("contacts:lookAlike")}>
                {sentence(lookAlike.text)}
              </Notice>
            </div>
          )}
        </>
      )}
      {adding && <ContactDialog onClose={close} />}
      {edited && <ContactDialog key={edited.id} contact={edited} onClose={close} />}
    </Page>
  );
}
