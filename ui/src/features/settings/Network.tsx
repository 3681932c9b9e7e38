/** The network: one of the presets, or an own configuration file whose values are shown before it is used. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ConfigView, FileSource, NetworkChoice } from "../../bindings";
import { announce } from "../../components/announce";
import { BoxChoices } from "../../components/Choices";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { FilePick } from "../../components/FilePick";
import { sourceOf } from "../../components/files";
import { KeyValues, Row, Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { formatBytes } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useBackend, useCommand, useData } from "../../transport";
import { ConfigTable } from "./ConfigTable";
import classes from "./Settings.module.css";

/** The page. */
export function Network() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const backend = useBackend();
  const answer = useData("networks");
  const choose = useCommand("choose_network");
  const [wanted, setWanted] = useState<NetworkChoice>();
  const [file, setFile] = useState<{ name: string; source: FileSource; config: ConfigView }>();
  const [error, setError] = useState<unknown>();

  const pick = async (chosen: File) => {
    setError(undefined);
    try {
      const source = await sourceOf(chosen);
      setFile({ name: chosen.name, source, config: await backend.call("inspect_config", { network: null, config: source }) });
    } catch (thrown) {
      setError(thrown);
    }
  };
  const done = () => announce(t("settings:network.changed"));

  if (answer.isError) return <ErrorPanel error={answer.error} />;
  if (answer.data === undefined) return null;
  const { networks, current } = answer.data;
  const presets = networks.filter((network) => network.id !== "own" || network.id === current);
  return (
    <Stack className={classes.block} gap={5}>
      <BoxChoices
        label={t("settings:pages.network")}
        labelHidden
        vertical
        name="network"
        value={current}
        onChange={(id) => {
          const network = networks.find((candidate) => candidate.id === id);
          if (network?.available === true && id !== current) setWanted(network);
        }}
        options={presets.map((network) => ({
          value: network.id,
          title: network.name,
          text:
            network.unitBytes === "0"
              ? t("settings:network.aboutAddresses", { prefix: network.addressPrefix })
              : t("settings:network.about", { prefix: network.addressPrefix, unit: formatBytes(Number(network.unitBytes)) }),
          figure: (
            <>
              {network.genesisId !== null && <span className={classes.value}>{network.genesisId}</span>}
              {network.note && <span className="ink-3"> {sentence(network.note)}</span>}
            </>
          ),
        }))}
      />
      {choose.isError && <ErrorPanel inline error={choose.error} />}
      <section>
        <h3>{t("settings:network.own")}</h3>
        <p className={classes.text}>{t("settings:network.ownText")}</p>
        <div className={classes.block}>
          <FilePick accept=".json" chosen={file?.name} onPick={([first]) => first && void pick(first)} />
        </div>
        {error !== undefined && <ErrorPanel inline error={error} />}
        {file && (
          <Stack className={classes.block}>
            {file.config.problems.map((problem) => (
              <Notice key={problem.key} kind="failed" title={problem.key}>
                {problem.message}
              </Notice>
            ))}
            {file.config.unknownKeys.length > 0 && (
              <Notice kind="attention" title={t("settings:network.unknown")}>
                {file.config.unknownKeys.join(", ")}
              </Notice>
            )}
            <KeyValues
              pairs={[
                [t("settings:network.genesis"), <span className={classes.value}>{file.config.genesisId ?? "–"}</span>],
                [t("settings:network.differs"), String(file.config.changed)],
              ]}
            />
            <ConfigTable config={file.config} onlyChanged />
            <Row>
              <Button disabled={!file.config.usable} loading={choose.isPending} onClick={() => choose.mutate({ network: "own", config: file.source }, { onSuccess: done })}>
                {t("settings:network.use")}
              </Button>
            </Row>
          </Stack>
        )}
      </section>
      <Dialog
        opened={wanted !== undefined}
        onClose={() => setWanted(undefined)}
        title={t("settings:network.switchTitle", { name: wanted?.name ?? "" })}
        footer={
          <>
            <Button variant="default" data-autofocus onClick={() => setWanted(undefined)}>
              {t("frame:cancel")}
            </Button>
            <Button
              loading={choose.isPending}
              onClick={() =>
                wanted &&
                choose.mutate(
                  { network: wanted.id, config: null },
                  {
                    onSuccess: done,
                    onSettled: () => setWanted(undefined),
                  },
                )
              }
            >
              {t("settings:network.switch")}
            </Button>
          </>
        }
      >
        <p>{t("settings:network.switchText")}</p>
      </Dialog>
    </Stack>
  );
}
