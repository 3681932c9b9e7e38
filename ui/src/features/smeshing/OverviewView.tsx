/** The smeshing page once something is set up: the sentence, what runs, the epoch, and the identities. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { IdentityView, NetworkView, SmeshingView, TaskView } from "../../bindings";
import { Link, navigate } from "../../app/router";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Icon } from "../../components/Icon";
import { EpochTimeline } from "../../components/instruments";
import { Page } from "../../components/layout/Page";
import { RecordTable, type Column } from "../../components/RecordTable";
import { StatusPill } from "../../components/StatusPill";
import { stateOf } from "../../components/tone";
import { formatBytes, formatDuration, formatInstant, useClock } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { epochOf, isOpen, shortId } from "./data";
import { NoNode } from "./EmptyView";
import classes from "./smeshing.module.css";
import { TaskBar } from "./tasks";

interface OverviewViewProps {
  smeshing: SmeshingView;
  network: NetworkView;
  onPause: (identity: string) => void;
  onResume: (identity: string) => void;
  onDismiss: (task: string) => void;
  error: unknown;
}

export function OverviewView({ smeshing, network, onPause, onResume, onDismiss, error }: OverviewViewProps) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const { zone, now } = useClock();
  const epoch = epochOf(network);
  const total = smeshing.identities.reduce((sum, identity) => sum + BigInt(identity.space?.totalBytes ?? "0"), 0n);
  return (
    <Page
      title={t("title")}
      sentence={sentence(smeshing.sentence)}
      state={{ state: stateOf(smeshing.tone), text: t("overview.count", { count: smeshing.identities.length, size: formatBytes(total) }) }}
      under={smeshing.details.map((detail) => sentence(detail)).join(" ")}
      actions={
        <Button component={Link} to="/smeshing/setup" variant="default" leftSection={<Icon name="plus" size={16} />}>
          {t("overview.add")}
        </Button>
      }
    >
      {error !== null && error !== undefined && <ErrorPanel inline error={error} />}
      {smeshing.tasks.length > 0 && (
        <section className={classes.tight} data-ruled aria-label={t("overview.tasks")}>
          {smeshing.tasks.map((task) => (
            <div key={task.id}>
              <TaskBar task={task} action={<TaskAction task={task} onPause={onPause} onResume={onResume} onDismiss={onDismiss} />} />
              {task.error !== null && <ErrorPanel inline error={task.error} />}
              {task.warnings.map((warning) => (
                <p key={warning.text} className={classes.warn}>
                  {sentence(warning)}
                </p>
              ))}
            </div>
          ))}
        </section>
      )}
      {epoch !== undefined && (
        <section className={classes.tight} data-ruled>
          <div className={classes.headRow}>
            <h2>{t("overview.epoch", { epoch: epoch.epoch })}</h2>
            <span className="small ink-2">
              {t("overview.epochEnds", { left: formatDuration((epoch.end - now) / 1000), end: formatInstant(epoch.end, now, zone) })}
            </span>
          </div>
          <EpochTimeline {...epoch} />
        </section>
      )}
      <section className={classes.tight} data-ruled>
        <Identities identities={smeshing.identities} />
      </section>
      {!network.hasNode && <NoNode />}
    </Page>
  );
}

interface TaskActionProps {
  task: TaskView;
  onPause: (identity: string) => void;
  onResume: (identity: string) => void;
  onDismiss: (task: string) => void;
}

function TaskAction({ task, onPause, onResume, onDismiss }: TaskActionProps) {
  const { t } = useTranslation("smeshing");
  const { identity } = task;
  if (identity !== null && task.kind === "fill") {
    const paused = task.state === "paused" || task.state === "failed";
    if (paused || isOpen(task)) {
      return (
        <Button variant="quiet" size="xs" disabled={task.state === "pausing"} onClick={() => (paused ? onResume(identity) : onPause(identity))}>
          {paused ? t("filling.resume") : t("filling.pause")}
        </Button>
      );
    }
  }
  return isOpen(task) ? undefined : (
    <Button variant="quiet" size="xs" onClick={() => onDismiss(task.id)}>
      {t("overview.dismiss")}
    </Button>
  );
}

function Identities({ identities }: { identities: IdentityView[] }) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const { zone, now } = useClock();
  const open = (identity: IdentityView) => `/smeshing/identities/${encodeURIComponent(identity.id)}`;
  const columns: Column<IdentityView>[] = [
    {
      id: "identity",
      head: t("overview.head.identity"),
      phone: "main",
      cell: (identity) => (
        <>
          <Link to={open(identity)} className={classes.name}>
            {identity.name}
          </Link>{" "}
          <span className={classes.mono}>{shortId(identity.id)}</span>
        </>
      ),
    },
    {
      id: "size",
      head: t("overview.head.size"),
      phone: "side",
      align: "right",
      cell: (identity) => (identity.space === null ? "–" : formatBytes(identity.space.totalBytes)),
    },
    {
      id: "state",
      head: t("overview.head.state"),
      phone: "sub",
      cell: (identity) => <StatusPill state={stateOf(identity.tone)}>{sentence(identity.state)}</StatusPill>,
    },
    {
      id: "folder",
      head: t("overview.head.folder"),
      phone: "hidden",
      cell: (identity) => <span className={classes.mono}>{identity.space?.folder}</span>,
    },
    {
      id: "health",
      head: t("overview.head.health"),
      phone: "hidden",
      align: "right",
      cell: (identity) => {
        const check = identity.space?.lastCheck;
        return check === null || check === undefined ? t("overview.never") : formatInstant(Date.parse(check.at), now, zone);
      },
    },
  ];
  return (
    <RecordTable
      label={t("overview.identities")}
      columns={columns}
      rows={identities}
      rowKey={(identity) => identity.id}
      onOpen={(identity) => navigate(open(identity))}
      copy={{ text: (identity) => identity.id, what: t("identity.key") }}
    />
  );
}
