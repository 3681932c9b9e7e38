/** Before anything is set up: what smeshing is, on the same timeline the full page uses, and the two ways to begin. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NetworkView, SmeshingView } from "../../bindings";
import { Link } from "../../app/router";
import { EpochTimeline } from "../../components/instruments";
import { Page } from "../../components/layout/Page";
import { Notice } from "../../components/Notice";
import { formatBytes, formatCount, formatDuration } from "../../format";
import { epochOf } from "./data";
import classes from "./smeshing.module.css";

export function EmptyView({ smeshing, network }: { smeshing: SmeshingView; network: NetworkView }) {
  const { t } = useTranslation("smeshing");
  const epoch = epochOf(network);
  const size = formatBytes(BigInt(smeshing.unitBytes) * BigInt(smeshing.minUnits));
  const length = formatDuration(network.layersPerEpoch * network.layerSeconds);
  return (
    <Page title={t("title")} sentence={t("empty.sentence")} state={{ state: "off", text: t("empty.state") }}>
      <div className={classes.narrow}>
        <ol className={classes.steps}>
          <li>
            <strong>{t("empty.steps.fill.title")}</strong>
            <p>{t("empty.steps.fill.text", { size })}</p>
          </li>
          <li>
            <strong>{t("empty.steps.prove.title", { epoch: length })}</strong>
            <p>
              {epoch?.window === undefined
                ? t("empty.steps.prove.textNoWindow")
                : t("empty.steps.prove.text", { window: formatDuration((epoch.window.until - epoch.window.from) / 1000) })}
            </p>
          </li>
          <li>
            <strong>{t("empty.steps.be.title")}</strong>
            <p>{t("empty.steps.be.text", { layers: formatCount(network.layersPerEpoch) })}</p>
          </li>
        </ol>
        {epoch !== undefined && <EpochTimeline {...epoch} />}
        {!network.hasNode && (
          <div className={classes.space}>
            <NoNode />
          </div>
        )}
        <div className={classes.buttons}>
          <Button component={Link} to="/smeshing/setup" size="lg">
            {t("empty.setUp")}
          </Button>
          <Button component={Link} to="/smeshing/existing" variant="default" size="lg">
            {t("empty.existing")}
          </Button>
        </div>
        <p className={classes.hint}>{t("empty.found")}</p>
      </div>
    </Page>
  );
}

/** Says plainly what this version cannot do yet. */
export function NoNode() {
  const { t } = useTranslation("smeshing");
  return (
    <Notice kind="neutral" title={t("noNode.title")}>
      {t("noNode.text")}
    </Notice>
  );
}
