/**
 * One epoch as a ruler: the PoET rounds with the gap between them, and the layers one is drawn for.
 *
 * The upper lane shows the rounds (nothing to do) and the proof window, which fills while one is inside it. The lower lane shows own
 * layers. What has passed is tinted. Where the ruler would be narrower than its words, the same instants are a list with "now" as a row.
 */
import { useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { formatDay, formatInstant, useClock } from "../../format";
import { Cross, Instrument, Lozenge, NowLine, type Mark } from "./Instrument";
import classes from "./instruments.module.css";
import { useWidth } from "./useWidth";

export interface PoetRound {
  round: number;
  /** Both ends in Unix milliseconds; they may lie outside the epoch. */
  from: number;
  until: number;
  /** Absent: nobody here takes part, so nothing is said about it. */
  registered?: boolean;
}

export interface Duty {
  /** Unix milliseconds. */
  at: number;
  /** "Tower drawn, layer 352,337". */
  what: string;
  state: "rewarded" | "next" | "later" | "missed";
  /** "about 1.6 SMH". */
  cost?: string;
}

interface EpochTimelineProps {
  epoch: number;
  /** Unix milliseconds. */
  start: number;
  end: number;
  rounds: readonly PoetRound[];
  /** Unix milliseconds; absent where the network has no gap inside the epoch. */
  window?: { from: number; until: number };
  duties?: readonly Duty[];
}

const DAY_MS = 86_400_000;
/** Below this width the ruler becomes a list. */
const LIST_BELOW = 560;

export function EpochTimeline(props: EpochTimelineProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  return <div ref={box}>{width > 0 && (width < LIST_BELOW ? <InstantList {...props} /> : <Ruler {...props} />)}</div>;
}

function Ruler({ epoch, start, end, rounds, window, duties = [] }: EpochTimelineProps) {
  const { t } = useTranslation("instruments");
  const { zone, now } = useClock();
  const instant = (at: number): string => formatInstant(at, now, zone);
  const label = [
    t("epoch.label", { epoch, from: instant(start), until: instant(end), now: instant(now) }),
    window === undefined ? "" : t("epoch.labelWindow", { from: instant(window.from), until: instant(window.until) }),
    duties.length === 0 ? "" : t("epoch.labelDuties", { count: duties.length }),
  ]
    .filter((part) => part !== "")
    .join(" ");
  const marks = (width: number): Mark[] =>
    duties.map((duty, index) => ({
      key: String(index),
      left: position(duty.at, start, end, width) - 12,
      top: 70,
      width: 24,
      height: 24,
      label: [instant(duty.at), duty.what, t(`epoch.duty.${duty.state}`), duty.cost].filter(Boolean).join(", "),
    }));
  return (
    <Instrument
      label={label}
      height={118}
      marks={marks}
      table={{
        caption: t("epoch.caption", { epoch }),
        head: [t("epoch.head.when"), t("epoch.head.what"), t("epoch.head.cost")],
        rows: instants({ epoch, start, end, rounds, duties, ...(window === undefined ? {} : { window }) }, t).map((each) => [
          instant(each.at),
          each.what,
          each.cost ?? "",
        ]),
      }}
      draw={(width) => {
        const x = (at: number): number => position(at, start, end, width);
        const past = Math.min(Math.max(now, start), end);
        return (
          <>
            <rect x={0} y={28} width={x(past)} height={66} fill="var(--c-past)" />
            <Days start={start} end={end} now={now} zone={zone} width={width} />
            <path d={`M0 28.5H${String(width)}M0 94.5H${String(width)}`} stroke="var(--c-line-strong)" />
            {rounds.map((round) => {
              const from = x(Math.max(start, round.from));
              const until = x(Math.min(end, round.until));
              // A round whose visible part cannot hold its name is drawn without it; the table has the name.
              const text = roundText(round, t);
              return until > from ? (
                <g key={round.round}>
                  <rect x={from} y={44} width={Math.max(0, until - from - 2)} height={18} fill="var(--c-band)" />
                  {until - from > text.length * 6 && (
                    <text x={from + 8} y={57} className={classes.ink}>
                      {text}
                    </text>
                  )}
                </g>
              ) : null;
            })}
            {window !== undefined && <Window from={x(window.from)} until={x(window.until)} now={x(past)} width={width} text={t("epoch.window")} />}
            <path d={`M0 81.5H${String(width)}`} stroke="var(--c-line)" />
            {duties.map((duty, index) => (
              <DutyMark key={index} duty={duty} x={x(duty.at)} />
            ))}
            {now >= start && now <= end && <NowLine x={x(now)} top={27} bottom={100} />}
            {duties.length > 0 && (
              <text x={0} y={112}>
                {t("epoch.duties")}
              </text>
            )}
            <text x={width} y={112} textAnchor="end">
              {t("epoch.next", { epoch: epoch + 1 })}
            </text>
          </>
        );
      }}
    />
  );
}

type Translate = ReturnType<typeof useTranslation<"instruments">>["t"];

function roundText(round: PoetRound, t: Translate): string {
  if (round.registered === undefined) {
    return t("epoch.round", { round: round.round });
  }
  return round.registered ? t("epoch.roundRegistered", { round: round.round }) : t("epoch.roundNothing", { round: round.round });
}

function position(at: number, start: number, end: number, width: number): number {
  return ((at - start) / (end - start)) * width;
}

/** Ticks at multiples that leave room for their names: days for weeks, hours for a day, minutes below. */
function Days({ start, end, now, zone, width }: { start: number; end: number; now: number; zone: string; width: number }) {
  const span = end - start;
  const room = Math.max(1, Math.floor(width / 56));
  const steps = [60_000, 300_000, 900_000, 3_600_000, 6 * 3_600_000, DAY_MS, 2 * DAY_MS, 7 * DAY_MS];
  const step = steps.find((each) => span / each <= room) ?? 14 * DAY_MS;
  const ticks = Array.from({ length: Math.ceil(span / step) }, (_, index) => start + index * step);
  return (
    <>
      {ticks.map((at, index) => {
        const x = position(at, start, end, width);
        const current = now >= at && now < at + step;
        const name = step >= DAY_MS ? formatDay(at, zone) : formatInstant(at, now, zone).split(" ").at(-1);
        return (
          <g key={at}>
            <path d={`M${String(x)} 28v${index === 0 ? "11" : "7"}`} stroke="var(--c-line-strong)" />
            <text x={x + (index === 0 ? 0 : 4)} y={13} className={current ? classes.strong : undefined}>
              {name}
            </text>
          </g>
        );
      })}
      <path d={`M${String(width - 0.5)} 28v11`} stroke="var(--c-line-strong)" />
    </>
  );
}

function Window({ from, until, now, width, text }: { from: number; until: number; now: number; width: number; text: string }) {
  const inside = Math.min(Math.max(now, from), until) - from;
  const middle = (from + until) / 2;
  // The name stays inside the drawing at both ends, and leaves the corners to the other captions.
  const half = 40;
  const at = Math.min(Math.max(middle, half), width - half);
  return (
    <>
      <rect
        x={from}
        y={36}
        width={Math.max(2, until - from)}
        height={34}
        fill={now <= until ? "var(--c-accent-tint)" : "none"}
        stroke="var(--c-accent)"
        strokeWidth={2}
      />
      {inside > 0 && now <= until && <rect x={from} y={36} width={inside} height={34} fill="var(--c-accent)" />}
      <text x={at} y={112} textAnchor="middle" className={classes.accent}>
        {text}
      </text>
    </>
  );
}

function DutyMark({ duty, x, y = 81 }: { duty: Duty; x: number; y?: number }) {
  switch (duty.state) {
    case "missed":
      return <Cross x={x} y={y} />;
    case "rewarded":
      return <Lozenge x={x} y={y} fill="var(--c-ink)" />;
    case "next":
      return <Lozenge x={x} y={y} fill="var(--c-accent)" />;
    case "later":
      return <Lozenge x={x} y={y} fill="var(--c-surface)" stroke="var(--c-accent)" />;
  }
}

interface Instant {
  at: number;
  what: string;
  cost?: string;
  glyph: ReactNode;
}

/** Everything the ruler shows, in order of time: the list of narrow screens and the rows of the table. */
function instants({ epoch, start, end, rounds, window, duties = [] }: EpochTimelineProps, t: Translate): Instant[] {
  const box = (
    <svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">
      <rect x="1" y="2" width="11" height="9" fill="var(--c-accent-tint)" stroke="var(--c-accent)" strokeWidth="1.6" />
    </svg>
  );
  const tick = (
    <svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">
      <path d="M6.5 1v11" stroke="var(--c-line-strong)" strokeWidth="1.6" />
    </svg>
  );
  const all: Instant[] = [
    { at: start, what: t("epoch.begins", { epoch }), glyph: tick },
    ...rounds
      .filter((round) => round.until > start && round.until <= end && round.until !== window?.from)
      .map((round) => ({ at: round.until, what: t("epoch.roundEnds", { round: round.round }), glyph: tick })),
    ...(window === undefined ? [] : [{ at: window.from, what: t("epoch.window"), glyph: box }]),
    ...rounds
      .filter((round) => round.from > start && round.from < end)
      .map((round) => ({ at: round.from, what: roundText(round, t), glyph: tick })),
    ...duties.map((duty) => ({
      at: duty.at,
      what: `${duty.what}, ${t(`epoch.duty.${duty.state}`)}`,
      ...(duty.cost === undefined ? {} : { cost: duty.cost }),
      glyph: (
        <svg width="15" height="15" viewBox="0 0 15 15" aria-hidden="true">
          <DutyMark duty={duty} x={7.5} y={7.5} />
        </svg>
      ),
    })),
    { at: end, what: t("epoch.begins", { epoch: epoch + 1 }), glyph: tick },
  ];
  return all.sort((a, b) => a.at - b.at);
}

function InstantList(props: EpochTimelineProps) {
  const { t } = useTranslation("instruments");
  const { zone, now } = useClock();
  const all = instants(props, t);
  const next = all.findIndex((each) => each.at > now);
  const row = (each: Instant) => (
    <li key={`${String(each.at)} ${each.what}`}>
      {each.glyph}
      <span>{each.what}</span>
      <time dateTime={new Date(each.at).toISOString()}>{formatInstant(each.at, now, zone)}</time>
    </li>
  );
  const split = next === -1 ? all.length : next;
  return (
    <ol className={classes.instants} aria-label={t("epoch.caption", { epoch: props.epoch })}>
      {all.slice(0, split).map(row)}
      <li className={classes.nowRow}>
        <span>{t("epoch.now")}</span>
        <time dateTime={new Date(now).toISOString()}>{formatInstant(now, now, zone)}</time>
      </li>
      {all.slice(split).map(row)}
    </ol>
  );
}
