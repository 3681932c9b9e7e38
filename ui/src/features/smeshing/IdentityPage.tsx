/** One identity: while it fills, filling; afterwards its facts, the health of its data, and what can be done with it. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import type { IdentityView, SmeshingView, SpaceView } from "../../bindings";
import { Link, useParams } from "../../app/router";
import { Address } from "../../components/Address";
import { announce } from "../../components/announce";
import { copyText } from "../../components/copyText";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page, Section } from "../../components/layout/Page";
import { KeyValues } from "../../components/layout/Row";
import { stateOf } from "../../components/tone";
import { formatBytes, formatCount } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useCommand, useData } from "../../transport";
import { CoinbaseField } from "./CoinbaseField";
import { fileCounts, findIdentity, isOpen, shortId, taskOf, useSmeshing } from "./data";
import { NoNode } from "./EmptyView";
import { FillingView } from "./FillingView";
import { FolderField } from "./FolderField";
import { HealthSection } from "./HealthSection";
import { ProblemNotice } from "./FolderNotices";
import { RemoveDialog } from "./RemoveDialog";
import classes from "./smeshing.module.css";

export function IdentityPage() {
  const { id = "" } = useParams();
  const smeshing = useSmeshing();
  const { t } = useTranslation("smeshing");
  if (smeshing.data === undefined) {
    return smeshing.error === null ? null : (
      <Page title={t("title")}>
        <ErrorPanel error={smeshing.error} />
      </Page>
    );
  }
  const identity = findIdentity(smeshing.data, id);
  if (identity === undefined) {
    return (
      <Page title={t("identity.gone")} under={t("identity.goneText")}>
        <Link to="/smeshing">{t("identity.toSmeshing")}</Link>
      </Page>
    );
  }
  return identity.space === null ? (
    <NoSpace identity={identity} />
  ) : (
    <WithSpace smeshing={smeshing.data} identity={identity} space={identity.space} />
  );
}

function WithSpace({ smeshing, identity, space }: { smeshing: SmeshingView; identity: IdentityView; space: SpaceView }) {
  const pause = useCommand("pause_filling");
  const resume = useCommand("resume_filling");
  const setDevices = useCommand("set_devices");
  const providers = useData("providers");
  const [removing, setRemoving] = useState(false);
  const fill = taskOf(smeshing, identity, ["fill"]);
  const args = { identity: identity.id };
  const filling = fill !== undefined && !space.complete && fill.state !== "cancelled";
  return (
    <>
      {filling ? (
        <FillingView
          identity={identity}
          space={space}
          task={fill}
          providers={providers.data?.providers ?? []}
          busy={pause.isPending || resume.isPending}
          error={pause.error ?? resume.error ?? setDevices.error}
          onPause={() => pause.mutate(args)}
          onResume={() => resume.mutate(args)}
          onDevices={(devices) => setDevices.mutate({ ...args, providers: devices })}
          onRemove={() => setRemoving(true)}
        />
      ) : (
        <Settled smeshing={smeshing} identity={identity} space={space} onResume={() => resume.mutate(args)} error={resume.error} onRemove={() => setRemoving(true)} />
      )}
      {removing && <RemoveDialog identity={identity} space={space} onClose={() => setRemoving(false)} />}
    </>
  );
}

interface SettledProps {
  smeshing: SmeshingView;
  identity: IdentityView;
  space: SpaceView;
  onResume: () => void;
  onRemove: () => void;
  error: unknown;
}

/** Not being filled: complete, or partly filled without a task. */
function Settled({ smeshing, identity, space, onResume, onRemove, error }: SettledProps) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const check = useCommand("check_space");
  const repair = useCommand("repair_space");
  const cancel = useCommand("cancel_task");
  const args = { identity: identity.id };
  const health = taskOf(smeshing, identity, ["check", "repair"]);
  const move = taskOf(smeshing, identity, ["move"]);
  const size = formatBytes(space.complete ? space.totalBytes : space.doneBytes);
  const failed = [error, check.error, repair.error, cancel.error].find((each) => each !== null && each !== undefined);
  return (
    <Page
      title={identity.name}
      sentence={<Trans t={t} i18nKey={space.complete ? "identity.filled" : "identity.partly"} values={{ size, total: formatBytes(space.totalBytes) }} components={{ b: <b /> }} />}
      state={{ state: stateOf(identity.tone), text: `${identity.name}: ${sentence(identity.state)}` }}
      actions={space.complete ? undefined : <Button onClick={onResume}>{t("filling.resume")}</Button>}
    >
      {space.problem !== null && <ProblemNotice kind="failed" text={sentence(space.problem)} />}
      {failed !== undefined && <ErrorPanel inline error={failed} />}
      <HealthSection
        space={space}
        task={health}
        onCheck={(extent) => check.mutate({ ...args, extent })}
        onRepair={() => repair.mutate(args)}
        onStop={(task) => cancel.mutate({ task })}
      />
      <Facts identity={identity} space={space} onRemove={onRemove} moving={move !== undefined && isOpen(move)} />
      <div className={classes.ruled}>
        <NoNode />
      </div>
    </Page>
  );
}

function Facts({ identity, space, onRemove, moving }: { identity: IdentityView; space: SpaceView; onRemove: () => void; moving: boolean }) {
  const { t } = useTranslation("smeshing");
  const [editing, setEditing] = useState<"name" | "coinbase" | "backup">();
  const files = fileCounts(space);
  const base = `/smeshing/identities/${encodeURIComponent(identity.id)}`;
  return (
    <Section title={t("identity.facts")}>
      <KeyValues
        pairs={[
          [
            t("identity.key"),
            <>
              <code className={classes.mono}>{identity.id}</code>{" "}
              <Button variant="quiet" size="xs" onClick={() => void copyText(identity.id).then(() => announce(t("identity.keyCopied")))}>
                {t("identity.copyKey")}
              </Button>
            </>,
          ],
          [t("identity.folder"), <code className={classes.mono}>{space.folder}</code>],
          [t("identity.size"), t("identity.sizeValue", { size: formatBytes(space.totalBytes), units: t("setup.units", { count: space.units }), files: t("identity.files", { count: files.total }) })],
          [
            t("identity.vrf"),
            space.vrfNonce === null ? t("identity.vrfNone") : t("identity.vrfValue", { index: formatCount(space.vrfNonce), file: formatCount(space.vrfNonceFile ?? 0) }),
          ],
          [t("identity.commitment"), <code className={classes.mono}>{shortId(space.commitmentAtx)}</code>],
          [
            t("identity.coinbase"),
            <>
              {identity.coinbase === null ? t("identity.coinbaseNone") : <Address address={identity.coinbase} />}{" "}
              <Button variant="quiet" size="xs" aria-label={t("identity.changeCoinbase")} onClick={() => setEditing("coinbase")}>
                {t("setup.change")}
              </Button>
            </>,
          ],
          [t("identity.proving"), t("speed.choice", { nonces: space.nonces, count: space.threads })],
        ]}
      />
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => setEditing("name")}>
          {t("identity.rename")}
        </Button>
        <Button variant="default" onClick={() => setEditing("backup")} disabled={identity.keyFile === null}>
          {t("identity.backup")}
        </Button>
        <Button component={Link} to={`${base}/move`} variant="default">
          {moving ? t("identity.moving") : t("identity.move")}
        </Button>
        <Button component={Link} to={`${base}/speed`} variant="default">
          {t("identity.speed")}
        </Button>
        <Button variant="danger-outline" onClick={onRemove}>
          {t("identity.remove")}
        </Button>
      </div>
      {editing === "name" && <RenameDialog identity={identity} onClose={() => setEditing(undefined)} />}
      {editing === "coinbase" && <CoinbaseDialog identity={identity} onClose={() => setEditing(undefined)} />}
      {editing === "backup" && <BackupDialog identity={identity} onClose={() => setEditing(undefined)} />}
    </Section>
  );
}

interface DialogProps {
  identity: IdentityView;
  onClose: () => void;
}

function RenameDialog({ identity, onClose }: DialogProps) {
  const { t } = useTranslation("smeshing");
  const edit = useCommand("edit_identity");
  const [name, setName] = useState(identity.name);
  return (
    <Dialog opened onClose={onClose} title={t("identity.rename")} footer={<Save pending={edit.isPending} onCancel={onClose} onSave={() => edit.mutate(change(identity, { name }), { onSuccess: onClose })} />}>
      <TextInput label={t("setup.identity.name")} description={t("setup.identity.nameHint")} value={name} maxLength={64} data-autofocus onChange={(event) => setName(event.currentTarget.value.trim())} />
      {edit.error !== null && <ErrorPanel inline error={edit.error} />}
    </Dialog>
  );
}

function CoinbaseDialog({ identity, onClose }: DialogProps) {
  const { t } = useTranslation("smeshing");
  const edit = useCommand("edit_identity");
  const [coinbase, setCoinbase] = useState(identity.coinbase ?? "");
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t("setup.rows.coinbase")}
      footer={<Save pending={edit.isPending} onCancel={onClose} onSave={() => edit.mutate(change(identity, { coinbase: coinbase.trim() }), { onSuccess: onClose })} />}
    >
      <CoinbaseField value={coinbase} onChange={setCoinbase} />
      {edit.error !== null && <ErrorPanel inline error={edit.error} />}
    </Dialog>
  );
}

function BackupDialog({ identity, onClose }: DialogProps) {
  const { t } = useTranslation("smeshing");
  const exporting = useCommand("export_identity");
  const [folder, setFolder] = useState("");
  const path = `${folder.replace(/[\\/]+$/, "")}/${identity.name}.key`;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t("identity.backup")}
      footer={
        <Save
          pending={exporting.isPending}
          label={t("identity.backupSave")}
          disabled={folder.trim() === ""}
          onCancel={onClose}
          onSave={() => exporting.mutate({ identity: identity.id, path, password: null }, { onSuccess: () => onClose() })}
        />
      }
    >
      <p className="ink-2">{t("identity.backupText")}</p>
      <FolderField label={t("identity.backupFolder")} value={folder} onChange={setFolder} />
      {exporting.error !== null && <ErrorPanel inline error={exporting.error} />}
    </Dialog>
  );
}

/** All fields of an edit, with what changes. */
function change(identity: IdentityView, values: { name?: string; coinbase?: string }) {
  return { identity: identity.id, name: null, coinbase: null, nonces: null, threads: null, ...values };
}

interface SaveProps {
  pending: boolean;
  disabled?: boolean;
  label?: string;
  onCancel: () => void;
  onSave: () => void;
}

function Save({ pending, disabled = false, label, onCancel, onSave }: SaveProps) {
  const { t } = useTranslation("smeshing");
  return (
    <>
      <Button variant="default" onClick={onCancel}>
        {t("browse.cancel")}
      </Button>
      <Button loading={pending} disabled={disabled} onClick={onSave}>
        {label ?? t("identity.save")}
      </Button>
    </>
  );
}

/** A key without space: it waits to be used. */
function NoSpace({ identity }: { identity: IdentityView }) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  return (
    <Page title={identity.name} state={{ state: stateOf(identity.tone), text: sentence(identity.state) }}>
      <p className="ink-2">{t("identity.noSpace")}</p>
      <p>
        <code className={classes.mono}>{identity.id}</code>
      </p>
      <div className={classes.buttons}>
        <Button component={Link} to={`/smeshing/setup?identity=${encodeURIComponent(identity.id)}`}>
          {t("setup.title")}
        </Button>
      </div>
    </Page>
  );
}
