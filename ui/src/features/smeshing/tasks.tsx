/** A task of the app as the instrument that shows it: state, figures, end and what closing Smapp does. */
import { Trans, useTranslation } from "react-i18next";
import type { TaskView } from "../../bindings";
import { TaskProgress, type TaskState } from "../../components/instruments";
import {
  formatByteRate,
  formatBytesOf,
  formatCount,
  formatDuration,
  formatInstant,
  formatLabelRate,
  formatPercent,
  useClock,
} from "../../format";
import { useSentence } from "../../i18n/sentence";
import type { ReactNode } from "react";

const LABEL_BYTES = 16n;

const STATES: Record<TaskView["state"], TaskState> = {
  starting: "noEnd",
  running: "running",
  pausing: "running",
  paused: "paused",
  finished: "finished",
  failed: "failed",
  cancelled: "paused",
};

/** "61.8 %", from the exact counts. */
export function percentOf(task: TaskView): string {
  return formatPercent(task.done, task.total);
}

/** "158.2 of 256 GiB" for bytes and labels, "3 of 64" for files. */
export function TaskCounts({ task }: { task: TaskView }): ReactNode {
  const { t } = useTranslation("format");
  switch (task.unit) {
    case "bytes":
      return formatBytesOf(task.done, task.total);
    case "labels":
      return formatBytesOf(BigInt(task.done) * LABEL_BYTES, BigInt(task.total) * LABEL_BYTES);
    default:
      return t("of", { done: formatCount(task.done), total: formatCount(task.total) });
  }
}

/** "624,000 labels/s" or "183 MiB/s"; absent until measured. */
export function taskRate(task: TaskView): string | undefined {
  if (task.rate === null) {
    return undefined;
  }
  return task.unit === "labels" ? formatLabelRate(task.rate) : task.unit === "bytes" ? formatByteRate(task.rate) : undefined;
}

interface TaskBarProps {
  task: TaskView;
  title?: string;
  prominent?: boolean;
  /** Beside the figures. */
  action?: ReactNode;
  figures?: ReactNode;
}

/** The task's bar with everything around it. */
export function TaskBar({ task, title, prominent = false, action, figures }: TaskBarProps) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const { zone, now } = useClock();
  const rate = taskRate(task);
  const end = task.endsAt === null ? undefined : Date.parse(task.endsAt);
  const working = task.state === "running" || task.state === "pausing";
  const state: TaskState = working && end === undefined && task.total === "0" ? "noEnd" : STATES[task.state];
  const strong = { b: <b /> };
  return (
    <TaskProgress
      title={title ?? sentence(task.title)}
      state={state}
      fraction={task.share}
      percent={percentOf(task)}
      prominent={prominent}
      figures={
        <>
          {figures ?? <TaskCounts task={task} />}
          {working && rate !== undefined && !prominent && ` · ${rate}`}
        </>
      }
      end={
        task.pausedSince !== null && task.state === "paused" ? (
          <Trans t={t} i18nKey="filling.pausedSince" values={{ since: formatInstant(Date.parse(task.pausedSince), now, zone) }} components={strong} />
        ) : end !== undefined && working ? (
          <Trans t={t} i18nKey="filling.end" values={{ end: formatInstant(end, now, zone) }} components={strong} />
        ) : task.state === "finished" && task.endedAt !== null ? (
          t("took", { duration: formatDuration((Date.parse(task.endedAt) - Date.parse(task.startedAt)) / 1000) })
        ) : working && prominent ? (
          t("filling.noRate")
        ) : undefined
      }
      left={end !== undefined && working ? t("filling.left", { duration: formatDuration((end - now) / 1000) }) : undefined}
      close={prominent || !working ? undefined : sentence(task.closeSentence)}
      action={action}
    />
  );
}
