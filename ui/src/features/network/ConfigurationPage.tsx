/** `/network/configuration`: every effective value with where it comes from. */
import { Checkbox, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConfigEntry } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/layout/Page";
import { RecordTable, type Column } from "../../components/RecordTable";
import { useData } from "../../transport";
import { ConfigNotices, NetworkTabs } from "./NetworkPage";
import classes from "./network.module.css";

export function ConfigurationPage() {
  const { t } = useTranslation("network");
  const config = useData("effective_config");
  const [search, setSearch] = useState("");
  const [changedOnly, setChangedOnly] = useState(false);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = (config.data?.entries ?? []).filter(
    (entry) => (!changedOnly || entry.origin === "file") && words.every((word) => `${entry.key} ${entry.value}`.toLowerCase().includes(word)),
  );
  const columns: Column<ConfigEntry>[] = [
    { id: "key", head: t("configuration.head.key"), phone: "main", cell: (entry) => <code className={classes.mono}>{entry.key}</code> },
    {
      id: "value",
      head: t("configuration.head.value"),
      phone: "sub",
      cell: (entry) => (
        <>
          <code className={classes.mono}>{entry.value}</code>
          {entry.presetValue !== null && <span className={classes.before}>{t("configuration.instead", { value: entry.presetValue })}</span>}
        </>
      ),
    },
    { id: "origin", head: t("configuration.head.origin"), phone: "side", cell: (entry) => originWord(entry.origin, t) },
  ];
  return (
    <Page title={t("configuration.title")} under={t("configuration.note")} tabs={<NetworkTabs />}>
      {config.error !== null && <ErrorPanel error={config.error} />}
      {config.data !== undefined && (
        <>
          <ConfigNotices config={config.data} />
          <div className={classes.filter}>
            <TextInput label={t("configuration.search")} value={search} autoComplete="off" onChange={(event) => setSearch(event.currentTarget.value)} />
            <Checkbox label={t("configuration.changedOnly")} checked={changedOnly} onChange={(event) => setChangedOnly(event.currentTarget.checked)} />
          </div>
          <p className="small ink-3" role="status">
            {rows.length === 0 ? t("configuration.none") : t("configuration.count", { count: rows.length })}
          </p>
          {rows.length > 0 && (
            <RecordTable
              label={t("configuration.title")}
              columns={columns}
              rows={rows}
              rowKey={(entry) => entry.key}
              copy={{ text: (entry) => entry.key, what: t("configuration.head.key") }}
            />
          )}
        </>
      )}
    </Page>
  );
}

function originWord(origin: string, t: ReturnType<typeof useTranslation<"network">>["t"]): string {
  switch (origin) {
    case "file":
      return t("configuration.origin.file");
    case "derived":
      return t("configuration.origin.derived");
    default:
      return t("configuration.origin.preset", { name: origin });
  }
}
