/** Data health: checking a sample or all of it, the damaged ranges, and making them again. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BadRange, SpaceView, TaskView } from "../../bindings";
import { RangeMap } from "../../components/instruments";
import { Section } from "../../components/layout/Page";
import { Notice } from "../../components/Notice";
import { formatCount, formatInstant, useClock } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { isOpen, rangeFiles } from "./data";
import classes from "./smeshing.module.css";
import { TaskBar } from "./tasks";

interface HealthSectionProps {
  space: SpaceView;
  /** The last check or repair, while it runs and until it is dismissed. */
  task: TaskView | undefined;
  onCheck: (extent: "sample" | "all") => void;
  onRepair: () => void;
  onStop: (task: string) => void;
}

export function HealthSection({ space, task, onCheck, onRepair, onStop }: HealthSectionProps) {
  const { t } = useTranslation("smeshing");
  const { zone, now } = useClock();
  const sentence = useSentence();
  const running = task !== undefined && isOpen(task);
  const check = space.lastCheck;
  return (
    <Section
      title={t("data.title")}
      note={check === null ? t("data.never") : t("data.lastCheck", { when: formatInstant(Date.parse(check.at), now, zone) })}
    >
      <RangeMap files={rangeFiles(space)} vrfFile={space.vrfNonceFile ?? undefined} />
      {check !== null && !running && <p className={classes.sentenceNote}>{check.sentence}</p>}
      {space.badRanges.length > 0 && !(running && task.kind === "repair") && <Damaged ranges={space.badRanges} onRepair={onRepair} busy={running} />}
      {task !== undefined && (
        <div className={classes.space}>
          <TaskBar
            task={task}
            action={
              running ? (
                <Button variant="quiet" size="xs" onClick={() => onStop(task.id)}>
                  {t("data.stop")}
                </Button>
              ) : task.result !== null ? (
                sentence(task.result)
              ) : undefined
            }
          />
        </div>
      )}
      {!running && (
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => onCheck("sample")}>
            {t("data.sample")}
          </Button>
          <Button variant="default" onClick={() => onCheck("all")}>
            {t("data.all")}
          </Button>
        </div>
      )}
    </Section>
  );
}

/** The most rows that help; the map above shows them all. */
const ROWS = 20;

function Damaged({ ranges, onRepair, busy }: { ranges: readonly BadRange[]; onRepair: () => void; busy: boolean }) {
  const { t } = useTranslation("smeshing");
  const labels = ranges.reduce((sum, range) => sum + BigInt(range.labels), 0n);
  return (
    <div className={classes.space}>
      <Notice
        kind="attention"
        title={t("data.badTitle", { count: ranges.length, file: ranges[0]?.file ?? 0 })}
        action={
          <Button size="xs" disabled={busy} onClick={onRepair}>
            {t("data.repair")}
          </Button>
        }
      >
        {t("data.badText", { count: labels === 1n ? 1 : 2, labels: formatCount(labels) })}
      </Notice>
      <table className={`${classes.table ?? ""} ${classes.space ?? ""}`}>
        <caption className="reader-only">{t("data.bad", { count: ranges.length })}</caption>
        <thead>
          <tr>
            <th scope="col">{t("data.head.file")}</th>
            <th scope="col" data-align="right">
              {t("data.head.first")}
            </th>
            <th scope="col" data-align="right">
              {t("data.head.count")}
            </th>
            <th scope="col">{t("data.head.reason")}</th>
          </tr>
        </thead>
        <tbody>
          {ranges.slice(0, ROWS).map((range) => (
            <tr key={`${range.file} ${range.firstLabel}`}>
              <td>
                <span className={classes.onlyPhone}>{t("data.file", { index: formatCount(range.file) })}</span>
                <span className={classes.noPhone}>{formatCount(range.file)}</span>
              </td>
              <td data-align="right" className={classes.noPhone}>
                {formatCount(range.firstLabel)}
              </td>
              <td data-align="right" className={classes.noPhone}>
                {formatCount(range.labels)}
              </td>
              <td>{reasonWord(range.reason, t)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {ranges.length > ROWS && <p className={classes.hint}>{t("data.more", { count: ranges.length - ROWS })}</p>}
    </div>
  );
}

function reasonWord(reason: string, t: ReturnType<typeof useTranslation<"smeshing">>["t"]): string {
  switch (reason) {
    case "missing_file":
      return t("data.reason.missing");
    case "short_file":
      return t("data.reason.short");
    default:
      return t("data.reason.wrong");
  }
}
