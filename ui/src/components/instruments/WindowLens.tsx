/**
 * The proof window enlarged: an hour grid and one row per identity.
 *
 * A forecast is dashed, a running proof accent, a finished one dark, one past the end red. Work is planned up to 70 % of the window
 * (shaded); the last hour is the registration's.
 */
import { useTranslation } from "react-i18next";
import { formatClock, formatInstant, useClock } from "../../format";
import { Instrument, NowLine } from "./Instrument";
import classes from "./instruments.module.css";

export interface LensRow {
  /** "Archive, 4 TiB". */
  name: string;
  /** Unix milliseconds. */
  from: number;
  until: number;
  state: "forecast" | "running" | "done" | "late";
  /** "6 h 58 min", "about 04:04", "ATX published 21:21". */
  text: string;
  /** How much of a running proof is done, 0 to 1. */
  done?: number;
}

interface WindowLensProps {
  /** Unix milliseconds. */
  from: number;
  until: number;
  /** Start of the hour in which identities register for the next round. */
  registerFrom: number;
  rows: readonly LensRow[];
}

const HEAD = 24;
const ROW = 28;
const PLANNED = 0.7;
const HOUR_MS = 3_600_000;

export function WindowLens({ from, until, registerFrom, rows }: WindowLensProps) {
  const { t } = useTranslation("instruments");
  const { zone, now } = useClock();
  const bottom = HEAD + 1 + rows.length * ROW + 12;
  const instant = (at: number): string => formatInstant(at, now, zone);
  return (
    <Instrument
      label={t("lens.label", {
        from: instant(from),
        until: instant(until),
        rows: rows.map((row) => t("lens.row", { name: row.name, text: row.text })).join(" "),
      })}
      height={bottom + 20}
      table={{
        caption: t("lens.caption"),
        head: (["identity", "from", "until", "state"] as const).map((key) => t(`lens.head.${key}`)),
        rows: rows.map((row) => {
          const state = t(`lens.state.${row.state}`);
          return [row.name, instant(row.from), instant(row.until), `${state}, ${row.text}`];
        }),
      }}
      draw={(width) => {
        const names = width < 560 ? 0 : 150;
        const x = (at: number): number => names + ((at - from) / (until - from)) * (width - names);
        const hours = Math.max(1, Math.round((until - from) / HOUR_MS));
        const every = Math.max(1, Math.ceil((hours * 44) / (width - names)));
        const planned = from + (until - from) * PLANNED;
        return (
          <>
            {Array.from({ length: hours + 1 }, (_, index) => from + index * HOUR_MS).map((at, index) => (
              <g key={at}>
                <path d={`M${String(x(at))} ${String(HEAD)}V${String(bottom)}`} stroke="var(--c-line)" />
                {(index % every === 0 || index === hours) && (hours - index >= every || index === hours) && (
                  <text x={x(at)} y={11} textAnchor={index === 0 ? "start" : index === hours ? "end" : "middle"}>
                    {formatClock(at, zone)}
                  </text>
                )}
              </g>
            ))}
            <path d={`M${String(names)} ${String(HEAD + 0.5)}H${String(width)}`} stroke="var(--c-line-strong)" />
            <rect x={names} y={HEAD + 1} width={x(planned) - names} height={bottom - HEAD - 1} fill="var(--c-past)" />
            <rect
              x={x(registerFrom)}
              y={HEAD + 1}
              width={Math.max(0, width - x(registerFrom))}
              height={bottom - HEAD - 1}
              fill="var(--c-accent-tint)"
            />
            {rows.map((row, index) => (
              <Row key={row.name} row={row} y={HEAD + 8 + index * ROW} x={x} names={names} width={width} end={until} />
            ))}
            {now >= from && now <= until && <NowLine x={x(now)} top={HEAD} bottom={bottom} />}
            <text x={names} y={bottom + 14} className={classes.accent}>
              {t("lens.start")}
            </text>
            {width - names > 420 && (
              <text x={x(planned)} y={bottom + 14} textAnchor="end">
                {t("lens.planned")}
              </text>
            )}
            <text x={width} y={bottom + 14} textAnchor="end" className={classes.accent}>
              {t("lens.register")}
            </text>
          </>
        );
      }}
    />
  );
}

interface RowProps {
  row: LensRow;
  y: number;
  x: (at: number) => number;
  names: number;
  width: number;
  end: number;
}

function Row({ row, y, x, names, width, end }: RowProps) {
  const left = x(row.from);
  const right = Math.min(x(row.until), width);
  const bar = Math.max(2, right - left);
  const paint = {
    forecast: { fill: "none", stroke: "var(--c-accent)", dash: "4 3" },
    running: { fill: "var(--c-accent-tint)", stroke: "var(--c-accent)", dash: undefined },
    done: { fill: "var(--c-layer-verified)", stroke: "var(--c-layer-verified)", dash: undefined },
    late: { fill: "none", stroke: "var(--c-danger)", dash: "4 3" },
  }[row.state];
  const text = names === 0 ? `${row.name}: ${row.text}` : row.text;
  // Text goes after the bar, or before it where the bar ends too close to the right edge.
  const fits = right + 8 + text.length * 6 < width;
  return (
    <>
      {names > 0 && (
        <text x={0} y={y + 15} className={classes.ink}>
          {row.name}
        </text>
      )}
      <rect x={left} y={y} width={bar} height={20} fill={paint.fill} stroke={paint.stroke} strokeWidth={1.5} strokeDasharray={paint.dash} />
      {row.state === "running" && <rect x={left} y={y} width={bar * (row.done ?? 0)} height={20} fill="var(--c-accent)" />}
      {row.state === "late" && <rect x={x(end) - 3} y={y} width={3} height={20} fill="var(--c-danger)" />}
      <text x={fits ? right + 8 : right - 8} y={y + 15} textAnchor={fits ? "start" : "end"} className={classes.ink}>
        {text}
      </text>
    </>
  );
}
