/** Versions, licence, folders, the report, and the effective configuration with the origin of each value. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { announce } from "../../components/announce";
import { copyText } from "../../components/copyText";
import { ErrorPanel } from "../../components/ErrorPanel";
import { KeyValues, Row, Stack } from "../../components/layout/Row";
import { useBackend, useData } from "../../transport";
import { ConfigTable } from "./ConfigTable";
import classes from "./Settings.module.css";

/** The page. */
export function About() {
  const { t } = useTranslation();
  const backend = useBackend();
  const about = useData("about");
  const config = useData("effective_config");
  const [error, setError] = useState<unknown>();
  const copyReport = async () => {
    setError(undefined);
    try {
      await copyText((await backend.call("report")).text);
      announce(t("frame:copied", { what: t("components:error.report") }));
    } catch (thrown) {
      setError(thrown);
    }
  };
  if (about.isError) return <ErrorPanel error={about.error} />;
  if (about.data === undefined) return null;
  const { version, commit, target, licence, dataFolder, logFile, kernels } = about.data;
  return (
    <Stack className={classes.block} gap={5}>
      <KeyValues
        pairs={[
          [t("settings:about.version"), commit === null ? version : `${version} (${commit})`],
          [t("settings:about.target"), target],
          [t("settings:about.licence"), licence],
          [t("settings:about.folder"), <span className={classes.value}>{dataFolder}</span>],
          logFile !== null && [t("settings:about.log"), <span className={classes.value}>{logFile}</span>],
          kernels.length > 0 && [t("settings:about.kernels"), kernels.join(", ")],
        ]}
      />
      {error !== undefined && <ErrorPanel inline error={error} />}
      <Row>
        <Button variant="default" onClick={() => void copyReport()}>
          {t("components:error.copy")}
        </Button>
      </Row>
      <section>
        <h3>{t("settings:config.title")}</h3>
        <p className={classes.text}>{t("settings:config.text")}</p>
        {config.isError && <ErrorPanel inline error={config.error} />}
        {config.data && <ConfigTable config={config.data} />}
      </section>
    </Stack>
  );
}
