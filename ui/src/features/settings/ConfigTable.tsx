/** The values of a configuration with where each comes from. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConfigEntry, ConfigView } from "../../bindings";
import { RecordTable, type Column } from "../../components/RecordTable";
import classes from "./Settings.module.css";

/** Draws the table; with `onlyChanged`, only what differs from the preset. */
export function ConfigTable({ config, onlyChanged = false }: { config: ConfigView; onlyChanged?: boolean }) {
  const { t } = useTranslation();
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const rows = config.entries.filter((entry) => (!onlyChanged || entry.presetValue !== null) && (wanted === "" || entry.key.toLowerCase().includes(wanted)));
  const columns: Column<ConfigEntry>[] = [
    { id: "key", head: t("settings:config.key"), width: "42%", phone: "main", cell: (entry) => <span className={classes.value}>{entry.key}</span> },
    {
      id: "value",
      head: t("settings:config.value"),
      width: "42%",
      cell: (entry) => (
        <span className={classes.value}>
          {entry.value}
          {entry.presetValue !== null && <span className="ink-3"> {t("settings:config.instead", { value: entry.presetValue })}</span>}
        </span>
      ),
    },
    { id: "origin", head: t("settings:config.origin"), align: "right", phone: "side", cell: (entry) => <span className="ink-2">{entry.origin}</span> },
  ];
  return (
    <div className={classes.config}>
      {!onlyChanged && (
        <TextInput data-search aria-label={t("settings:config.search")} placeholder={t("settings:config.search")} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
      )}
      <RecordTable label={t("settings:config.title")} columns={columns} rows={rows} rowKey={(entry) => entry.key} copy={{ text: (entry) => `${entry.key} = ${entry.value}`, what: t("settings:config.key") }} />
    </div>
  );
}
