/**
 * The command palette: commands first, then found things. Words are matched in any order; an address that is pasted is offered for what can be
 * done with it; nothing is destroyed from here, such commands only open their dialog.
 */
import { useId, useMemo, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Modal } from "@mantine/core";
import { Icon, type IconName } from "../../components/Icon";
import { shortAddressText } from "../../components/addressText";
import { useData, useDataWhen } from "../../transport";
import { settingsPages } from "../../features/settings/pages";
import { navigate } from "../router";
import { keysText, type Keys } from "../shortcuts";
import { possibleActions, useActionContext } from "./actionContext";
import classes from "./Frame.module.css";
import { matchWords } from "./matchWords";

interface Entry {
  id: string;
  group: "commands" | "recent" | "found";
  icon: IconName;
  title: string;
  detail?: string;
  keys?: Keys;
  /** What is searched beside the title. */
  words?: string;
  run: () => void;
}

/** Ids of the actions used last, newest first; kept while the page lives. */
let recent: string[] = [];
const RECENT = 5;
const MOST = 12;

/** Shows the palette until something is chosen. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const entries = useEntries(query.trim());
  const current = Math.min(active, entries.length - 1);

  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    recent = [entry.id, ...recent.filter((other) => other !== entry.id)].slice(0, RECENT);
    onClose();
    entry.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined && entries.length > 0) {
      event.preventDefault();
      setActive((current + move + entries.length) % entries.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(entries[current]);
    }
  };

  return (
    <Modal opened onClose={onClose} withCloseButton={false} size={620} yOffset={110} lockScroll={false} transitionProps={{ duration: 0 }} padding={0} classNames={{ body: classes.palette }} attributes={{ content: { "aria-label": t("frame:palette.title") } }}>
      <div className={classes.paletteField}>
        <Icon name="search" />
        <input
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={entries.length > 0 ? `${id}-${current}` : undefined}
          aria-label={t("frame:palette.title")}
          placeholder={t("frame:palette.placeholder")}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setActive(0);
          }}
          onKeyDown={onKey}
          autoComplete="off"
          spellCheck={false}
        />
        <kbd aria-hidden="true">{keysText("Esc")}</kbd>
      </div>
      <div id={`${id}-list`} role="listbox" aria-label={t("frame:palette.title")} className={classes.paletteList}>
        {entries.map((entry, index) => {
          const heading = entry.group === entries[index - 1]?.group ? undefined : t(`frame:palette.${entry.group}`);
          return (
            <div key={entry.id} role="presentation">
              {heading !== undefined && (
                <p className={classes.paletteGroup} role="presentation">
                  {heading}
                </p>
              )}
              {/* The keys are handled by the field above, as a combobox does. */}
              {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events */}
              <div id={`${id}-${index}`} role="option" tabIndex={-1} aria-selected={index === current} className={classes.paletteEntry} onMouseMove={() => setActive(index)} onClick={() => choose(entry)}>
                <Icon name={entry.icon} />
                <span>
                  <strong>{entry.title}</strong> {entry.detail !== undefined && <span className="ink-3">{entry.detail}</span>}
                </span>
                <kbd aria-hidden="true">{index === current ? "Enter" : entry.keys !== undefined ? keysText(entry.keys) : ""}</kbd>
              </div>
            </div>
          );
        })}
        {entries.length === 0 && <p className={classes.paletteGroup}>{t("frame:palette.none", { query })}</p>}
      </div>
      <p className={classes.paletteHint}>{t("frame:palette.hint")}</p>
      <span className="reader-only" role="status">
        {t("frame:palette.results", { count: entries.length })}
      </span>
    </Modal>
  );
}

function useEntries(query: string): Entry[] {
  const { t } = useTranslation();
  const context = useActionContext();
  const accounts = useDataWhen("accounts", context.unlocked ? [] : undefined).data;
  const contacts = useDataWhen("contacts", context.unlocked ? [] : undefined).data;
  const prefix = useData("app_state").data?.addressPrefix;

  return useMemo(() => {
    const commands: Entry[] = possibleActions(context)
      .filter((action) => action.id !== "commands")
      .map((action) => ({
        id: `action.${action.id}`,
        group: "commands",
        icon: action.icon,
        title: t(`frame:${action.label}`),
        keys: action.keys,
        words: action.words,
        run: () => action.run(context),
      }));
    const sendTo: Entry[] = (contacts ?? []).map((contact) => ({
      id: `send.${contact.id}`,
      group: "commands",
      icon: "send",
      title: t("frame:palette.sendTo", { name: contact.name }),
      words: "pay",
      run: () => navigate(`/wallet/send?to=${contact.address.plain}`),
    }));
    const found: Entry[] = [
      ...(accounts?.accounts ?? []).map(
        (account): Entry => ({
          id: `account.${account.id}`,
          group: "found",
          icon: "wallet",
          title: account.name,
          detail: `${t("frame:palette.account")} · ${account.address.short}`,
          words: account.address.plain,
          run: () => navigate(`/wallet/accounts/${account.id}`),
        }),
      ),
      ...(contacts ?? []).map(
        (contact): Entry => ({
          id: `contact.${contact.id}`,
          group: "found",
          icon: "contacts",
          title: contact.name,
          detail: `${t("frame:palette.contact")} · ${contact.address.short}`,
          words: contact.address.plain,
          run: () => navigate(`/contacts?open=${contact.id}`),
        }),
      ),
      ...settingsPages.map(
        (page): Entry => ({
          id: `settings.${page.id}`,
          group: "found",
          icon: "settings",
          title: t("frame:palette.settingsPage", { name: t(page.label) }),
          words: page.words,
          run: () => navigate(`/settings/${page.id}`),
        }),
      ),
    ];
    const all = [...commands, ...sendTo, ...found];
    if (query === "") {
      const used = recent.flatMap((id) => all.filter((entry) => entry.id === id)).map((entry): Entry => ({ ...entry, group: "recent" }));
      return [...used, ...commands.filter((entry) => !recent.includes(entry.id))].slice(0, MOST);
    }
    const pasted = query.replace(/\s/g, "").toLowerCase();
    const isAddress = prefix !== undefined && pasted.startsWith(`${prefix}1`) && pasted.length >= prefix.length + 40;
    const offers: Entry[] = isAddress && context.unlocked
      ? [{ id: "pasted", group: "commands", icon: "send", title: t("frame:palette.openAddress"), detail: shortAddressText(pasted), run: () => navigate(`/wallet/send?to=${pasted}`) }]
      : [];
    const matching = all
      .map((entry) => ({ entry, rank: matchWords(isAddress ? pasted : query, `${entry.title} ${entry.detail ?? ""}`, entry.words ?? "") }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => (a.entry.group === b.entry.group ? b.rank - a.rank : a.entry.group === "commands" ? -1 : 1))
      .map(({ entry }) => entry);
    return [...offers, ...matching].slice(0, MOST);
  }, [query, context, accounts, contacts, prefix, t]);
}
