/** Space another program made: looked at, its key found, and used where it lies. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ExistingData, FolderView } from "../../bindings";
import { navigate, useLocation } from "../../app/router";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page, Section } from "../../components/layout/Page";
import { KeyValues } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { formatBytes, formatPercent } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useCommand, useDataWhen } from "../../transport";
import { CoinbaseField } from "./CoinbaseField";
import { shortId } from "./data";
import { FolderField } from "./FolderField";
import { ProblemNotice } from "./FolderNotices";
import classes from "./smeshing.module.css";

export function ExistingPage() {
  const { t } = useTranslation("smeshing");
  const asked = useLocation().query.get("folder") ?? "";
  const [folder, setFolder] = useState(asked);
  const [looked, setLooked] = useState(asked === "" ? undefined : asked);
  const look = useDataWhen("inspect_folder", looked === undefined ? undefined : [{ path: looked }]);
  const view = look.isPlaceholderData ? undefined : look.data;
  return (
    <Page title={t("existing.title")} under={t("existing.under")}>
      <section className={classes.ruled}>
        <FolderField label={t("existing.field")} value={folder} onChange={setFolder} />
        <div className={classes.buttons}>
          <Button
            variant={view?.data ? "default" : "filled"}
            disabled={folder.trim() === ""}
            loading={look.isFetching}
            onClick={() => (looked === folder.trim() ? void look.refetch() : setLooked(folder.trim()))}
          >
            {t("existing.look")}
          </Button>
        </div>
        {look.error !== null && <ErrorPanel inline error={look.error} />}
        {view?.data === null && (
          <div className={classes.notices}>
            <Notice kind="attention" title={t("existing.nothing")} />
          </div>
        )}
      </section>
      {view?.data && <Found key={view.path} folder={view} data={view.data} />}
    </Page>
  );
}

function Found({ folder, data }: { folder: FolderView; data: ExistingData }) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const adopt = useCommand("adopt_space");
  const [keyFile, setKeyFile] = useState("");
  const [coinbase, setCoinbase] = useState("");
  const keyFound = data.keyHere || data.keyInFolder;
  const blocking = folder.problems.filter((problem) => problem.blocks && !(problem.kind === "key_missing" && keyFile.trim() !== ""));
  const submit = () =>
    adopt.mutate(
      {
        folder: folder.path,
        keyFile: keyFound || keyFile.trim() === "" ? null : { kind: "path", path: keyFile.trim() },
        coinbase: coinbase.trim() === "" ? null : coinbase.trim(),
      },
      { onSuccess: () => navigate(`/smeshing/identities/${encodeURIComponent(data.identity)}`) },
    );
  return (
    <>
      <Section title={t("existing.foundTitle")}>
        <p className={classes.name}>{sentence(data.sentence)}</p>
        <KeyValues
          pairs={[
            [t("identity.key"), <code className={classes.mono}>{data.identity}</code>],
            [t("identity.size"), t("setup.units", { count: data.units })],
            [t("existing.state"), data.complete ? t("existing.complete") : t("existing.incomplete", { percent: formatPercent(data.doneBytes, data.totalBytes), size: formatBytes(data.totalBytes) })],
            [t("identity.commitment"), <code className={classes.mono}>{shortId(data.commitmentAtx)}</code>],
            [t("existing.key"), data.keyHere ? (data.identityName ?? t("existing.keyKnown")) : data.keyInFolder ? t("existing.keyFound") : t("existing.keyMissing")],
          ]}
        />
        {folder.problems.length > 0 && (
          <div className={classes.notices}>
            {folder.problems.map((problem) => (
              <ProblemNotice key={problem.kind} kind={problem.blocks ? "failed" : "attention"} text={sentence(problem.text)} />
            ))}
          </div>
        )}
        {!keyFound && (
          <div className={classes.space}>
            <FolderField files label={t("existing.keyFile")} value={keyFile} onChange={setKeyFile} />
          </div>
        )}
      </Section>
      <Section title={t("setup.rows.coinbase")}>
        <CoinbaseField value={coinbase} onChange={setCoinbase} />
      </Section>
      <Notice kind="attention" title={t("existing.warning.title")}>
        {t("existing.warning.text")}
      </Notice>
      {adopt.error !== null && <ErrorPanel inline error={adopt.error} />}
      <div className={classes.buttons}>
        <Button size="lg" disabled={blocking.length > 0 || (!keyFound && keyFile.trim() === "")} loading={adopt.isPending} onClick={submit}>
          {t("existing.use")}
        </Button>
      </div>
    </>
  );
}
