/** `/network`: the chosen network, and where it stands by this computer's clock. This version has no node, and the page says so. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ConfigView, NetworkView } from "../../bindings";
import { Link } from "../../app/router";
import { announce } from "../../components/announce";
import { copyText } from "../../components/copyText";
import { ErrorPanel } from "../../components/ErrorPanel";
import { EpochTimeline } from "../../components/instruments";
import { Page, Section, Tabs } from "../../components/layout/Page";
import { KeyValues } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { formatBytes, formatClock, formatCount, formatDuration, formatInstant, useClock, zoneName } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useData } from "../../transport";
import { epochOf } from "../smeshing/data";
import classes from "./network.module.css";

export function NetworkTabs() {
  const { t } = useTranslation("network");
  return (
    <Tabs
      items={[
        { to: "/network", label: t("tabs.overview"), exact: true },
        { to: "/network/configuration", label: t("tabs.configuration") },
      ]}
    />
  );
}

export function NetworkPage() {
  const { t } = useTranslation("network");
  const network = useData("network");
  const config = useData("effective_config");
  const networks = useData("networks");
  if (network.data === undefined) {
    return network.error === null ? null : (
      <Page title={t("title")} tabs={<NetworkTabs />}>
        <ErrorPanel error={network.error} />
      </Page>
    );
  }
  const choice = networks.data?.networks.find((each) => each.id === network.data.id);
  return <Overview network={network.data} config={config.data} unitBytes={choice?.unitBytes} />;
}

function Overview({ network, config, unitBytes }: { network: NetworkView; config: ConfigView | undefined; unitBytes: string | undefined }) {
  const { t } = useTranslation("network");
  const sentence = useSentence();
  const { zone, now } = useClock();
  const epoch = epochOf(network);
  const running = network.layer !== null && network.epoch !== null;
  const genesis = Date.parse(network.genesisTime);
  return (
    <Page
      title={t("title")}
      tabs={<NetworkTabs />}
      sentence={
        running
          ? t("sentence", { network: network.name, layer: formatCount(network.layer ?? 0), epoch: network.epoch ?? 0 })
          : t("sentenceBefore", { network: network.name, when: formatInstant(genesis, now, zone) })
      }
      state={{ state: "off", text: sentence(network.sentence) }}
      under={t("clock", { time: formatClock(now, zone), zone: zoneName(now, zone) })}
      actions={
        <Button component={Link} to="/settings/network" variant="default">
          {t("change")}
        </Button>
      }
    >
      {epoch !== undefined && (
        <section className={classes.ruled}>
          <div className={classes.headRow}>
            <h2>{t("epoch.title", { epoch: epoch.epoch })}</h2>
            <span className="small ink-2">
              {t("epoch.day", {
                passed: formatDuration((now - epoch.start) / 1000),
                length: formatDuration((epoch.end - epoch.start) / 1000),
                end: formatInstant(epoch.end, now, zone),
              })}
            </span>
          </div>
          <EpochTimeline {...epoch} />
        </section>
      )}
      <Section title={t("facts.title")}>
        <KeyValues
          pairs={[
            [
              t("facts.genesisId"),
              <>
                <code className={classes.mono}>{network.genesisId}</code>{" "}
                <Button variant="quiet" size="xs" onClick={() => void copyText(network.genesisId).then(() => announce(t("facts.copied")))}>
                  {t("facts.copy")}
                </Button>
              </>,
            ],
            [t("facts.genesisTime"), formatInstant(genesis, now, zone)],
            [
              t("facts.layer"),
              t("facts.layerValue", {
                duration: formatDuration(network.layerSeconds),
                layers: formatCount(network.layersPerEpoch),
                epoch: formatDuration(network.layerSeconds * network.layersPerEpoch),
              }),
            ],
            [t("facts.next"), formatInstant(Date.parse(network.nextLayerAt), now, zone)],
            [t("facts.first"), formatCount(network.firstLayer)],
            [t("facts.prefix"), <code className={classes.mono}>{network.addressPrefix}1</code>],
            unitBytes !== undefined && [t("facts.unit"), formatBytes(unitBytes)],
            [t("facts.golden"), <code className={classes.mono}>{network.goldenAtx}</code>],
          ]}
        />
      </Section>
      {config !== undefined && (
        <Section title={t("configuration.short")}>
          <p>
            {t("configuration.count", { count: config.entries.length })}
            {". "}
            {ownValues(config) === 0 ? t("configuration.noChanges") : t("configuration.own", { count: ownValues(config) })}{" "}
            <Link to="/network/configuration">{t("configuration.show")}</Link>
          </p>
          <ConfigNotices config={config} />
        </Section>
      )}
      {!network.hasNode && (
        <Notice kind="neutral" title={t("noNode.title")}>
          {t("noNode.text")}
        </Notice>
      )}
    </Page>
  );
}

/** How many values differ from the network's own. */
export function ownValues(config: ConfigView): number {
  return config.entries.filter((entry) => entry.origin === "file").length;
}

/** Settings nobody knows, and values that cannot be used. */
export function ConfigNotices({ config }: { config: ConfigView }) {
  const { t } = useTranslation("network");
  if (config.unknownKeys.length === 0 && config.problems.length === 0) {
    return null;
  }
  return (
    <div className={classes.notices}>
      {config.problems.map((problem) => (
        <Notice key={problem.key} kind="failed" title={t("configuration.problem", { key: problem.key })}>
          {problem.message}
        </Notice>
      ))}
      {config.unknownKeys.length > 0 && (
        <Notice kind="attention" title={t("configuration.unknown", { count: config.unknownKeys.length })}>
          {t("configuration.unknownText", { keys: config.unknownKeys.join(", ") })}
        </Notice>
      )}
    </div>
  );
}
