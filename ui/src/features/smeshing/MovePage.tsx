/** Moving space: copy and compare, switch, and only then free the old folder, after a confirmation. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { IdentityView, SpaceView, TaskView } from "../../bindings";
import { Link, useParams } from "../../app/router";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/layout/Page";
import { Notice } from "../../components/Notice";
import { StateGlyph, type State } from "../../components/StatusPill";
import { formatBytes } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useCommand, useDataWhen } from "../../transport";
import { findIdentity, isOpen, taskOf, useSmeshing } from "./data";
import { FolderField } from "./FolderField";
import { FolderNotices } from "./FolderNotices";
import { RemovalDialog } from "./RemoveDialog";
import classes from "./smeshing.module.css";
import { TaskBar } from "./tasks";

export function MovePage() {
  const { id = "" } = useParams();
  const smeshing = useSmeshing();
  const { t } = useTranslation("smeshing");
  const identity = smeshing.data === undefined ? undefined : findIdentity(smeshing.data, id);
  if (smeshing.data === undefined || identity === undefined || identity.space === null) {
    return smeshing.error === null && smeshing.data === undefined ? null : (
      <Page title={t("identity.gone")} under={t("identity.goneText")}>
        {smeshing.error === null ? <Link to="/smeshing">{t("identity.toSmeshing")}</Link> : <ErrorPanel error={smeshing.error} />}
      </Page>
    );
  }
  const task = taskOf(smeshing.data, identity, ["move"]);
  return (
    <Page title={t("move.title", { name: identity.name })} under={<code className={classes.mono}>{identity.space.folder}</code>}>
      {task !== undefined && task.state !== "cancelled" ? (
        <Moving identity={identity} space={identity.space} task={task} />
      ) : (
        <Choose identity={identity} space={identity.space} />
      )}
    </Page>
  );
}

function Choose({ identity, space }: { identity: IdentityView; space: SpaceView }) {
  const { t } = useTranslation("smeshing");
  const [folder, setFolder] = useState("");
  const wanted = folder.trim();
  const look = useDataWhen("inspect_folder", wanted.startsWith("/") || /^[A-Za-z]:\\/.test(wanted) ? [{ path: wanted }] : undefined);
  const move = useCommand("move_space");
  const target = look.data?.path === wanted ? look.data : undefined;
  const room = target === undefined || BigInt(target.freeBytes) >= BigInt(space.doneBytes);
  const blocked = target?.data !== null || target.problems.some((problem) => problem.blocks) || !room;
  return (
    <section className={classes.ruled}>
      <FolderField label={t("move.field")} value={folder} onChange={setFolder} />
      {target !== undefined && <FolderNotices folder={target} />}
      {target !== undefined && !room && (
        <div className={classes.notices}>
          <Notice
            kind="failed"
            title={t("move.noRoom", { to: target.path, free: formatBytes(target.freeBytes), size: formatBytes(space.doneBytes) })}
          />
        </div>
      )}
      {look.error !== null && <ErrorPanel inline error={look.error} />}
      {move.error !== null && <ErrorPanel inline error={move.error} />}
      <Phases name={identity.name} done={0} />
      <div className={classes.buttons}>
        <Button disabled={blocked} loading={move.isPending} onClick={() => move.mutate({ identity: identity.id, folder: wanted })}>
          {t("move.start", { size: formatBytes(space.doneBytes) })}
        </Button>
      </div>
    </section>
  );
}

function Moving({ identity, space, task }: { identity: IdentityView; space: SpaceView; task: TaskView }) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const cancel = useCommand("cancel_task");
  const dismiss = useCommand("dismiss_task");
  const free = useCommand("free_old_space");
  const [freeing, setFreeing] = useState(false);
  const removal = useDataWhen("old_space_removal", freeing ? [{ identity: identity.id }] : undefined);
  const done = task.state === "finished";
  return (
    <>
      <section className={classes.ruled}>
        <TaskBar
          task={task}
          title={t("move.task")}
          prominent
          action={
            isOpen(task) ? (
              <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ task: task.id })}>
                {t("move.stop")}
              </Button>
            ) : undefined
          }
        />
        {task.result !== null && <p className={classes.sentenceNote}>{sentence(task.result)}</p>}
        {task.error !== null && <ErrorPanel inline error={task.error} />}
        {cancel.error !== null && <ErrorPanel inline error={cancel.error} />}
      </section>
      <Phases name={identity.name} done={done ? 2 : 0} />
      {done ? (
        <>
          <Notice kind="neutral" title={t("move.done", { name: identity.name, to: space.folder })}>
            {t("move.freeText")}
          </Notice>
          <div className={classes.buttons}>
            <Button variant="default" onClick={() => dismiss.mutate({ task: task.id })}>
              {t("move.keep")}
            </Button>
            <Button variant="danger-outline" onClick={() => setFreeing(true)}>
              {t("move.free")}
            </Button>
          </div>
          {removal.error !== null && <ErrorPanel inline error={removal.error} />}
          {freeing && removal.data !== undefined && (
            <RemovalDialog removal={removal.data} onClose={() => setFreeing(false)} onConfirm={() => free.mutateAsync({ identity: identity.id })} />
          )}
        </>
      ) : (
        <Notice kind="neutral" title={sentence(task.closeSentence)} />
      )}
    </>
  );
}

/** The three phases; `done` of them are over, the next one runs. */
function Phases({ name, done }: { name: string; done: number }) {
  const { t } = useTranslation("smeshing");
  const state = (index: number): State => (index < done ? "ok" : index === done ? "run" : "off");
  return (
    <ol className={classes.longSteps}>
      {(["copy", "switch", "free"] as const).map((phase, index) => (
        <li key={phase}>
          <StateGlyph state={state(index)} />
          <span>
            <strong>{t(`move.phases.${phase}.name`)}</strong> {t(`move.phases.${phase}.text`, { name })}
          </span>
        </li>
      ))}
    </ol>
  );
}
