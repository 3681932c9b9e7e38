/**
 * The files of committed space, one cell each: complete, being written, to do, or damaged; a lozenge over the file with the VRF nonce.
 *
 * Many files share a cell, so that the map stays a few rows high; a cell shows the worst of its files, and its label says which they are.
 */
import { useTranslation } from "react-i18next";
import { formatCount } from "../../format";
import { Instrument, Lozenge } from "./Instrument";
import classes from "./instruments.module.css";

export type RangeState = "complete" | "writing" | "todo" | "bad";

export interface RangeFile {
  index: number;
  state: RangeState;
  /** How much of a file being written exists, 0 to 1. */
  fraction?: number;
}

interface RangeMapProps {
  files: readonly RangeFile[];
  /** The file that holds the best VRF nonce found so far. */
  vrfFile?: number;
}

interface Cell {
  first: number;
  last: number;
  state: RangeState;
  fraction: number;
}

/** A shared cell shows the first of these that one of its files is in. */
const WORST: readonly RangeState[] = ["bad", "writing", "todo", "complete"];
/** The order in which the sentence counts them. */
const TOLD: readonly RangeState[] = ["complete", "writing", "todo", "bad"];
const ROWS = 4;
const MAX_CELL = 24;
const MIN_CELL = 10;
const GAP = 4;
const TOP = 13;

export function RangeMap({ files, vrfFile }: RangeMapProps) {
  const { t } = useTranslation("instruments");
  const count = (state: RangeState): number => files.filter((file) => file.state === state).length;
  const parts = TOLD.filter((state) => count(state) > 0)
    .map((state) => t(`ranges.part.${state}`, { count: count(state) }))
    .join(", ");
  const rows = tableRows(files);
  return (
    <Instrument
      label={t("ranges.label", { count: files.length, parts })}
      height={(width) => mapHeight(files.length, width)}
      draw={(width) => <Cells files={files} width={width} vrfFile={vrfFile} />}
      legend={
        <span className={classes.legend}>
          {count("complete") > 0 && <span>{`■ ${t("ranges.legend.complete")}`}</span>}
          {count("writing") > 0 && (
            <span>
              <i className={classes.legendAccent}>■</i> {t("ranges.legend.writing")}
            </span>
          )}
          {count("todo") > 0 && <span>{`□ ${t("ranges.legend.todo")}`}</span>}
          {count("bad") > 0 && (
            <span>
              <i className={classes.legendBad}>■</i> {t("ranges.legend.bad")}
            </span>
          )}
          {vrfFile !== undefined && (
            <span>
              <i className={classes.legendAccent}>◆</i> {t("ranges.legend.vrf", { file: formatCount(vrfFile) })}
            </span>
          )}
        </span>
      }
      table={{
        caption: t("ranges.caption"),
        head: [t("ranges.head.file"), t("ranges.head.state"), t("ranges.head.done")],
        rows: rows.map((cell) => [
          cell.first === cell.last
            ? t("ranges.file", { index: formatCount(cell.first) })
            : t("ranges.group", { first: formatCount(cell.first), last: formatCount(cell.last) }),
          vrfFile !== undefined && vrfFile >= cell.first && vrfFile <= cell.last
            ? `${t(`ranges.state.${cell.state}`)}, ${t("ranges.nonce")}`
            : t(`ranges.state.${cell.state}`),
          `${Math.floor(cell.fraction * 100)} %`,
        ]),
      }}
    />
  );
}

/** Runs of files in the same state: the shortest exact table. */
function tableRows(files: readonly RangeFile[]): Cell[] {
  const rows: Cell[] = [];
  for (const file of files) {
    const last = rows.at(-1);
    if (last?.state === file.state && file.state !== "writing") {
      last.last = file.index;
    } else {
      rows.push({ first: file.index, last: file.index, state: file.state, fraction: share(file) });
    }
  }
  return rows;
}

function share(file: RangeFile): number {
  switch (file.state) {
    case "complete":
      return 1;
    case "todo":
      return 0;
    case "writing":
    case "bad":
      return file.fraction ?? 0;
  }
}

/** The side of a cell: large for few files, small before files are grouped. */
function cellSide(count: number, width: number): number {
  for (let side = MAX_CELL; side > MIN_CELL; side -= 2) {
    if (perRow(side, width) * ROWS >= count) {
      return side;
    }
  }
  return MIN_CELL;
}

function perRow(side: number, width: number): number {
  return Math.max(1, Math.floor((width + GAP) / (side + GAP)));
}

/** The height of all rows at a width. */
function mapHeight(count: number, width: number): number {
  const side = cellSide(count, width);
  const columns = perRow(side, width);
  const cells = Math.ceil(count / Math.max(1, Math.ceil(count / (columns * ROWS))));
  return TOP + Math.ceil(cells / columns) * (side + GAP);
}

function layOut(files: readonly RangeFile[], width: number): { cell: Cell; x: number; y: number; side: number }[] {
  const side = cellSide(files.length, width);
  const columns = perRow(side, width);
  const group = Math.max(1, Math.ceil(files.length / (columns * ROWS)));
  const cells: Cell[] = [];
  for (let at = 0; at < files.length; at += group) {
    const part = files.slice(at, at + group);
    const first = part[0];
    const last = part.at(-1);
    if (first !== undefined && last !== undefined) {
      cells.push({
        first: first.index,
        last: last.index,
        state: WORST.find((state) => part.some((file) => file.state === state)) ?? "todo",
        fraction: part.reduce((sum, file) => sum + share(file), 0) / part.length,
      });
    }
  }
  return cells.map((cell, index) => ({
    cell,
    x: (index % columns) * (side + GAP),
    y: TOP + Math.floor(index / columns) * (side + GAP),
    side,
  }));
}

function Cells({ files, width, vrfFile }: { files: readonly RangeFile[]; width: number; vrfFile: number | undefined }) {
  return (
    <>
      {layOut(files, width).map(({ cell, x, y, side }) => (
        <g key={cell.first}>
          {cell.state === "complete" && <rect x={x} y={y} width={side} height={side} fill="var(--c-done)" />}
          {cell.state === "bad" && <rect x={x} y={y} width={side} height={side} fill="var(--c-danger)" />}
          {cell.state === "todo" && (
            <rect x={x + 0.5} y={y + 0.5} width={side - 1} height={side - 1} fill="none" stroke="var(--c-line-strong)" />
          )}
          {cell.state === "writing" && (
            <>
              <rect x={x} y={y} width={side} height={side} fill="var(--c-sunken)" />
              <rect x={x} y={y + side * (1 - cell.fraction)} width={side} height={side * cell.fraction} fill="var(--c-accent)" />
            </>
          )}
          {vrfFile !== undefined && vrfFile >= cell.first && vrfFile <= cell.last && (
            <Lozenge x={x + side / 2} y={y - 6} size={4} fill="var(--c-accent)" />
          )}
        </g>
      ))}
    </>
  );
}
