/**
 * Open a wallet file of any known program: choose → the kind is named → its password → what it holds and its notes → a file of our own. The
 * given file is read, never changed.
 */
import { Button } from "@mantine/core";
import { useEffect, useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "../../app/router";
import type { FileSource, WalletPreview } from "../../bindings";
import { Address } from "../../components/Address";
import { ErrorPanel } from "../../components/ErrorPanel";
import { FilePick } from "../../components/FilePick";
import { sourceOf } from "../../components/files";
import { Row, Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { OrbitPrint } from "../../components/OrbitPrint";
import { PasswordField } from "../../components/PasswordField";
import { stateOf } from "../../components/tone";
import { useSentence } from "../../i18n/sentence";
import { useBackend, useData } from "../../transport";
import { WalletDone } from "./CreateWallet";
import { emptyFile, fileAccepted, NameAndPassword } from "./NameAndPassword";
import classes from "./OpenFile.module.css";
import { Solo } from "./Solo";

type Step = "choose" | "password" | "file" | "done";
const ORDER: Step[] = ["choose", "password", "file", "done"];

/** The flow. */
export function OpenFile() {
  const { t } = useTranslation();
  const backend = useBackend();
  const { query } = useLocation();
  const found = useData("found_wallets").data;
  const wanted = query.get("found");
  const [step, setStep] = useState<Step>("choose");
  const [source, setSource] = useState<FileSource>();
  const [preview, setPreview] = useState<WalletPreview>();
  const [password, setPassword] = useState("");
  const [file, setFile] = useState(emptyFile);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const labels = [t("onboarding:steps.file"), t("onboarding:steps.oldPassword"), t("onboarding:steps.newFile"), t("onboarding:steps.done")];
  const steps = { labels, current: step === "done" ? labels.length : ORDER.indexOf(step) };

  const inspect = async (from: FileSource, withPassword: string | null) => {
    setBusy(true);
    setError(undefined);
    try {
      const seen = await backend.call("inspect_wallet", { source: from, password: withPassword });
      setSource(from);
      setPreview(seen);
      setFile((before) => (before.name === "" ? { ...before, name: (seen.name ?? t("onboarding:file.firstName")).slice(0, 64) } : before));
      setStep(seen.needsPassword && seen.content === null ? "password" : "file");
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  const wallet = wanted === null ? undefined : found?.[Number(wanted)];
  const wantedPath = wallet?.path;
  useEffect(() => {
    if (wantedPath !== undefined) void Promise.resolve().then(() => inspect({ kind: "path", path: wantedPath }, null));
    // Once, when the list is there.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wantedPath]);

  const take = async (event: SubmitEvent) => {
    event.preventDefault();
    if (source === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      await backend.call("import_wallet", { source, password, name: file.name.trim(), newPassword: file.password });
      setPassword("");
      setFile(emptyFile);
      setSource(undefined);
      setStep("done");
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  if (step === "choose") {
    return (
      <Solo title={t("onboarding:open.title")} under={t("onboarding:open.under")} steps={steps} remark={t("onboarding:open.remark")}>
        <Stack>
          <FilePick
            hint={t("onboarding:open.hint")}
            onPick={(files) => {
              const [first] = files;
              if (first) void sourceOf(first).then((from) => inspect(from, null));
            }}
          />
          {busy && <p className="small ink-2">{t("frame:loading")}</p>}
          {error !== undefined && <ErrorPanel inline error={error} />}
          <Row gap={3} actions>
            <Button variant="default" size="lg" component="a" href="#/start">
              {t("frame:back")}
            </Button>
          </Row>
        </Stack>
      </Solo>
    );
  }
  if (step === "password" && preview) {
    return (
      <Solo title={preview.title} under={preview.name ?? undefined} steps={steps} remark={t("onboarding:open.remark")}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (source) void inspect(source, password);
          }}
        >
          <Stack>
            <Notes preview={preview} />
            <PasswordField label={t("onboarding:open.password")} description={t("onboarding:open.passwordText")} value={password} onChange={setPassword} autoFocus />
            {error !== undefined && <ErrorPanel inline error={error} />}
            <Row gap={3} actions>
              <Button variant="default" size="lg" onClick={() => setStep("choose")}>
                {t("frame:back")}
              </Button>
              <Button size="lg" type="submit" disabled={password === ""} loading={busy}>
                {t("onboarding:open.look")}
              </Button>
            </Row>
          </Stack>
        </form>
      </Solo>
    );
  }
  if (step === "file" && preview) {
    return (
      <Solo title={preview.title} under={t("onboarding:open.holds", { count: preview.content?.accounts.length ?? 0 })} steps={steps} remark={t("onboarding:create.remark")}>
        <form onSubmit={(event) => void take(event)}>
          <Stack>
            <Notes preview={preview} />
            {preview.content && <Content preview={preview} />}
            <NameAndPassword value={file} onChange={setFile} autoFocus={false} />
            {error !== undefined && <ErrorPanel inline error={error} />}
            <Row gap={3} actions>
              <Button variant="default" size="lg" onClick={() => setStep("choose")}>
                {t("frame:back")}
              </Button>
              <Button size="lg" type="submit" disabled={!fileAccepted(file)} loading={busy}>
                {t("onboarding:open.go")}
              </Button>
            </Row>
          </Stack>
        </form>
      </Solo>
    );
  }
  return (
    <Solo title={t("onboarding:open.doneTitle")} under={t("onboarding:open.doneUnder")} steps={steps}>
      <WalletDone />
    </Solo>
  );
}

function Notes({ preview }: { preview: WalletPreview }) {
  const sentence = useSentence();
  return (
    <>
      {preview.notes.map((note) => (
        <Notice key={`${note.text.key}${note.text.text}`} kind={stateOf(note.tone) === "warn" ? "attention" : "neutral"} title={sentence(note.text)} />
      ))}
    </>
  );
}

function Content({ preview }: { preview: WalletPreview }) {
  const { t } = useTranslation();
  if (preview.content === null) return null;
  const { accounts, contacts, hasWords } = preview.content;
  return (
    <div>
      <ul className={classes.accounts}>
        {accounts.map((account) => (
          <li key={account.address}>
            <OrbitPrint address={account.address} size={26} />
            <Address address={account.address} name={account.name} />
            {account.viewOnly && <span className="small ink-3">{t("onboarding:open.viewOnly")}</span>}
          </li>
        ))}
      </ul>
      <p className="small ink-2">
        {t(hasWords ? "onboarding:open.words" : "onboarding:open.noWords")} {contacts > 0 && t("onboarding:open.contacts", { count: contacts })}
      </p>
    </div>
  );
}
