/** Language, theme, units, times, start with the system, the close button, notifications. */
import { SegmentedControl, Select, Switch } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { setThemeChoice } from "../../app/theme";
import type { NotificationKind, SettingsView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { languages } from "../../i18n";
import { useCommand, useData } from "../../transport";
import { Setting } from "./Setting";
import classes from "./Settings.module.css";

const kinds: readonly NotificationKind[] = ["filled", "filling_stopped", "bad_data", "task_ended", "disk_low", "locked"];

/** The page. */
export function General({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const change = useCommand("change_settings");
  const inBrowser = useData("app_state").data?.inBrowser === true;
  return (
    <>
      {change.isError && <ErrorPanel inline error={change.error} />}
      <Setting title={t("settings:language.title")} text={t("settings:language.text")}>
        {(ids) => (
          <Select
            {...ids}
            value={settings.language}
            allowDeselect={false}
            data={[{ value: "system", label: t("settings:language.system") }, ...Object.entries(languages).map(([value, label]) => ({ value, label }))]}
            onChange={(language) => language !== null && change.mutate({ language })}
          />
        )}
      </Setting>
      <Setting title={t("settings:theme.title")}>
        {(ids) => (
          <SegmentedControl
            {...ids}
            value={settings.theme}
            data={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`settings:theme.${value}`) }))}
            onChange={(theme) => {
              setThemeChoice(theme);
              change.mutate({ theme });
            }}
          />
        )}
      </Setting>
      <Setting title={t("settings:unit.title")} text={t("settings:unit.text")}>
        {(ids) => (
          <SegmentedControl
            {...ids}
            value={settings.unit}
            data={(["smh", "smidge"] as const).map((value) => ({ value, label: t(`settings:unit.${value}`) }))}
            onChange={(unit) => change.mutate({ unit })}
          />
        )}
      </Setting>
      <Setting title={t("settings:zone.title")}>
        {(ids) => (
          <SegmentedControl
            {...ids}
            value={settings.timeZone}
            data={(["local", "utc"] as const).map((value) => ({ value, label: t(`settings:zone.${value}`) }))}
            onChange={(timeZone) => change.mutate({ timeZone })}
          />
        )}
      </Setting>
      {!inBrowser && (
        <>
          <Setting title={t("settings:start.title")} text={t("settings:start.text")}>
            {(ids) => <Switch {...ids} checked={settings.startWithSystem} onChange={(event) => change.mutate({ startWithSystem: event.currentTarget.checked })} />}
          </Setting>
          <Setting title={t("settings:closing.title")} text={t("settings:closing.text")}>
            {(ids) => (
              <SegmentedControl
                {...ids}
                value={settings.closeButton}
                data={(["ask", "tray", "quit"] as const).map((value) => ({ value, label: t(`settings:closing.${value}`) }))}
                onChange={(closeButton) => change.mutate({ closeButton })}
              />
            )}
          </Setting>
        </>
      )}
      <div className={classes.setting}>
        <fieldset className={classes.notifications}>
          <legend>
            <h3>{t("settings:notifications.title")}</h3>
          </legend>
          <p className={classes.text}>{t("settings:notifications.text")}</p>
          {kinds.map((kind) => {
            const setting = settings.notifications[kind] ?? { shown: true, sound: false };
            const label = t(`settings:notifications.kinds.${kind}`);
            return (
              <div key={kind} className={classes.notification}>
                <span>{label}</span>
                <Switch
                  label={t("settings:notifications.show")}
                  aria-label={t("settings:notifications.showOf", { what: label })}
                  checked={setting.shown}
                  onChange={(event) => change.mutate({ notifications: { [kind]: { ...setting, shown: event.currentTarget.checked } } })}
                />
                <Switch
                  label={t("settings:notifications.sound")}
                  aria-label={t("settings:notifications.soundOf", { what: label })}
                  checked={setting.sound}
                  disabled={!setting.shown}
                  onChange={(event) => change.mutate({ notifications: { [kind]: { ...setting, sound: event.currentTarget.checked } } })}
                />
              </div>
            );
          })}
        </fieldset>
      </div>
    </>
  );
}
