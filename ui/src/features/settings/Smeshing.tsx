/** What fresh space starts with, and how committed-space work treats this computer. */
import { Button, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { SettingsView } from "../../bindings";
import { AddressInput, plainAddress, useAddressCheck } from "../../components/AddressInput";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Row } from "../../components/layout/Row";
import { useCommand } from "../../transport";
import { Setting } from "./Setting";
import classes from "./Settings.module.css";

/** The page. */
export function Smeshing({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const change = useCommand("change_settings");
  const [coinbase, setCoinbase] = useState(settings.defaultCoinbase);
  const [folder, setFolder] = useState(settings.defaultFolder);
  const check = useAddressCheck(coinbase);
  const gentle = settings.gentleFrom !== "" && settings.gentleUntil !== "";
  const plain = plainAddress(coinbase);
  return (
    <>
      {change.isError && <ErrorPanel inline error={change.error} />}
      <Setting title={t("settings:smeshing.gentle")} text={t("settings:smeshing.gentleText")}>
        {(ids) => (
          <Switch
            {...ids}
            checked={gentle}
            onChange={(event) => change.mutate(event.currentTarget.checked ? { gentleFrom: "08:00", gentleUntil: "22:00" } : { gentleFrom: "", gentleUntil: "" })}
          />
        )}
      </Setting>
      {gentle && (
        <Setting title={t("settings:smeshing.hours")}>
          {() => (
            <Row gap={2}>
              <TextInput type="time" aria-label={t("settings:smeshing.from")} value={settings.gentleFrom} onChange={(event) => event.currentTarget.value !== "" && change.mutate({ gentleFrom: event.currentTarget.value })} />
              <span>–</span>
              <TextInput type="time" aria-label={t("settings:smeshing.until")} value={settings.gentleUntil} onChange={(event) => event.currentTarget.value !== "" && change.mutate({ gentleUntil: event.currentTarget.value })} />
            </Row>
          )}
        </Setting>
      )}
      <Setting title={t("settings:smeshing.priority")} text={t("settings:smeshing.priorityText")}>
        {(ids) => <Switch {...ids} checked={settings.lowPriority} onChange={(event) => change.mutate({ lowPriority: event.currentTarget.checked })} />}
      </Setting>
      <form
        className={classes.block}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ defaultCoinbase: plain, defaultFolder: folder.trim() });
        }}
      >
        <AddressInput label={t("settings:smeshing.coinbase")} description={t("settings:smeshing.coinbaseText")} value={coinbase} onChange={setCoinbase} />
        <TextInput
          className={classes.block}
          label={t("settings:smeshing.folder")}
          description={t("settings:smeshing.folderText")}
          inputWrapperOrder={["label", "input", "description"]}
          value={folder}
          autoComplete="off"
          onChange={(event) => setFolder(event.currentTarget.value)}
        />
        <div className={classes.block}>
          <Button
            type="submit"
            variant="default"
            loading={change.isPending}
            disabled={(plain === settings.defaultCoinbase && folder.trim() === settings.defaultFolder) || (plain !== "" && check?.valid !== true)}
          >
            {t("wallet:account.save")}
          </Button>
        </div>
      </form>
    </>
  );
}
