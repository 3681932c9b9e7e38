/**
 * The frame all instruments share: a drawing that measures its width, one sentence as its label, and the same facts as a table.
 *
 * Text inside a drawing is 12 px at every width, because the drawing is laid out for the measured width.
 */
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./instruments.module.css";
import { useWidth } from "./useWidth";

export interface InstrumentTable {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly ReactNode[])[];
}

/** A place in the drawing that can be focused, hovered and opened. Positions in CSS pixels from the drawing's top left. */
export interface Mark {
  key: string;
  left: number;
  top: number;
  width: number;
  height: number;
  /** What a reader hears and what stands below the drawing while the mark is hovered or focused. */
  label: string;
  onOpen?: () => void;
}

/** The width assumed for the height before anything is measured, so that little moves. */
const TYPICAL = 720;

interface InstrumentProps {
  /** The whole state in one sentence. */
  label: string;
  /** In CSS pixels, or what it is at a width. */
  height: number | ((width: number) => number);
  draw: (width: number) => ReactNode;
  /** The drawing's focusable places at this width; arrow keys go from one to the next. */
  marks?: (width: number) => readonly Mark[];
  table?: InstrumentTable;
  legend?: ReactNode;
}

export function Instrument({ label, height: heightAt, draw, marks, table, legend }: InstrumentProps) {
  const { t } = useTranslation("instruments");
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [open, setOpen] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const tableId = useId();
  const height = typeof heightAt === "number" ? heightAt : heightAt(width === 0 ? TYPICAL : width);
  const places = marks !== undefined && width > 0 ? marks(width) : [];
  const readout = places.find((mark) => mark.key === shown)?.label;
  return (
    <figure className={classes.figure}>
      <div ref={box} className={classes.canvas} style={{ height }} role={places.length > 0 ? "group" : "img"} aria-label={label}>
        {width > 0 && (
          <svg width={width} height={height} viewBox={`0 0 ${String(width)} ${String(height)}`} aria-hidden="true" focusable="false">
            {draw(width)}
          </svg>
        )}
        {places.length > 0 && <Marks marks={places} onShow={setShown} />}
      </div>
      {(legend !== undefined || table !== undefined || marks !== undefined) && (
        <figcaption className={classes.caption}>
          <span aria-hidden={readout !== undefined}>{readout ?? legend}</span>
          {table !== undefined && (
            <button
              type="button"
              className={classes.tableSwitch}
              aria-expanded={open}
              aria-controls={tableId}
              onClick={() => {
                setOpen(!open);
              }}
            >
              {open ? t("hideTable") : t("showTable")}
            </button>
          )}
        </figcaption>
      )}
      {table !== undefined && (
        <div id={tableId} hidden={!open}>
          {open && <TwinTable table={table} />}
        </div>
      )}
    </figure>
  );
}

function TwinTable({ table }: { table: InstrumentTable }) {
  return (
    // A long table scrolls in its own box, which the keyboard must reach.
    <div className={classes.tableBox} role="group" aria-label={table.caption} tabIndex={0}>
      <table className={classes.table}>
        <caption className={classes.hidden}>{table.caption}</caption>
        <thead>
          <tr>
            {table.head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One tab stop for all marks; Left, Right, Home and End move between them. */
function Marks({ marks, onShow }: { marks: readonly Mark[]; onShow: (key: string | null) => void }) {
  const [current, setCurrent] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const last = marks[marks.length - 1];
  const active = marks.some((mark) => mark.key === current) ? current : (last?.key ?? null);
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = marks.findIndex((mark) => mark.key === active);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: marks.length - 1 }[event.key];
    const next = to === undefined ? undefined : marks[to];
    if (next !== undefined) {
      event.preventDefault();
      setCurrent(next.key);
      box.current?.querySelector<HTMLElement>(`[data-mark="${next.key}"]`)?.focus();
    }
  };
  return (
    // The arrow keys belong to the group; each mark is a button of its own.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div ref={box} onKeyDown={onKeyDown}>
      {marks.map((mark) => (
        <button
          key={mark.key}
          type="button"
          data-mark={mark.key}
          className={classes.mark}
          style={{ left: mark.left, top: mark.top, width: mark.width, height: mark.height }}
          tabIndex={mark.key === active ? 0 : -1}
          aria-label={mark.label}
          onClick={mark.onOpen}
          onFocus={() => {
            setCurrent(mark.key);
            onShow(mark.key);
          }}
          onBlur={() => {
            onShow(null);
          }}
          onPointerEnter={() => {
            onShow(mark.key);
          }}
          onPointerLeave={() => {
            onShow(null);
          }}
        />
      ))}
    </div>
  );
}

/** A lozenge around a centre: a layer one is drawn for. */
export function Lozenge({ x, y, size = 6.5, fill, stroke }: { x: number; y: number; size?: number; fill: string; stroke?: string }) {
  return (
    <path
      d={`M${String(x)} ${String(y - size)}l${String(size)} ${String(size)}-${String(size)} ${String(size)}-${String(size)}-${String(size)}z`}
      fill={fill}
      stroke={stroke ?? fill}
      strokeWidth={1.6}
    />
  );
}

/** A cross around a centre: missed. */
export function Cross({ x, y, size = 5 }: { x: number; y: number; size?: number }) {
  const s = String(size * 2);
  return (
    <path
      d={`M${String(x - size)} ${String(y - size)}l${s} ${s}m0-${s}l-${s} ${s}`}
      fill="none"
      stroke="var(--c-danger)"
      strokeWidth={2.4}
    />
  );
}

/** The line and pointer that say "now" on a time axis. */
export function NowLine({ x, top, bottom }: { x: number; top: number; bottom: number }) {
  return (
    <>
      <path d={`M${String(x)} ${String(top)}V${String(bottom)}`} stroke="var(--c-accent)" strokeWidth={2} />
      <path d={`M${String(x - 5)} ${String(top - 8)}h10l-5 8z`} fill="var(--c-accent)" />
    </>
  );
}
