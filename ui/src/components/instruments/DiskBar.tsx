/**
 * A drive: what is in use, what is ours, what stays free; and the handle that says how much is ours.
 *
 * The handle moves in whole units: arrow keys by one, Page Up and Page Down to the next marked size, Home and End to the limits. The
 * three amounts stand below in words, which also makes them the drawing's table.
 */
import { useRef, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { formatBytes } from "../../format";
import classes from "./instruments.module.css";

interface DiskBarProps {
  /** "Drive D:", "/home/lena". */
  drive: string;
  /** Bytes. `used` is what others use: neither ours nor free. */
  total: bigint;
  used: bigint;
  /** Bytes of one unit. */
  unit: bigint;
  units: number;
  min: number;
  max: number;
  /** Sizes worth stopping at, in units. */
  detents?: readonly number[];
  /** Absent: the size is only shown. */
  onChange?: (units: number) => void;
}

export function DiskBar({ drive, total, used, unit, units, min, max, detents = [], onChange }: DiskBarProps) {
  const { t } = useTranslation("instruments");
  const bar = useRef<HTMLDivElement>(null);
  const ours = unit * BigInt(units);
  const left = total - used - ours;
  const free = left < 0n ? 0n : left;
  const percent = (bytes: bigint): number => (total <= 0n ? 0 : Math.min(100, Number((bytes * 10_000n) / total) / 100));
  const label = t("disk.label", { drive, used: formatBytes(used), ours: formatBytes(ours), free: formatBytes(free) });
  const set = (to: number): void => {
    const next = Math.min(max, Math.max(min, to));
    if (next !== units) {
      onChange?.(next);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const stops = [...detents, min, max].sort((a, b) => a - b);
    const to = {
      ArrowLeft: units - 1,
      ArrowDown: units - 1,
      ArrowRight: units + 1,
      ArrowUp: units + 1,
      Home: min,
      End: max,
      PageUp: stops.find((each) => each > units) ?? max,
      PageDown: stops.findLast((each) => each < units) ?? min,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      set(to);
    }
  };
  const onDrag = (event: PointerEvent): void => {
    const box = bar.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0 || event.buttons === 0) {
      return;
    }
    // Parts of a million of the drive are finer than any screen and keep the byte counts integers.
    const at = BigInt(Math.round(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * 1_000_000));
    const bytes = (total * at) / 1_000_000n - used;
    set(Number((bytes + unit / 2n) / unit));
  };
  return (
    <div>
      <div ref={bar} className={classes.disk} {...(onChange === undefined ? { role: "img", "aria-label": label } : {})}>
        {onChange !== undefined && <span className={classes.hidden}>{label}</span>}
        <span className={classes.diskUsed} style={{ width: `${percent(used)}%` }} />
        <span className={classes.diskOurs} style={{ width: `${percent(ours)}%`, minWidth: 2 }} />
        <span className={classes.diskFree} />
        {detents.map((each) => (
          <span key={each} className={classes.detent} style={{ left: `${percent(used + unit * BigInt(each))}%` }} />
        ))}
        {onChange !== undefined && (
          <div
            className={classes.handle}
            style={{ left: `${percent(used + ours)}%` }}
            role="slider"
            tabIndex={0}
            aria-label={t("disk.handle")}
            aria-valuemin={min}
            aria-valuemax={max}
            aria-valuenow={units}
            aria-valuetext={t("disk.value", { size: formatBytes(ours), count: units })}
            onKeyDown={onKeyDown}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerMove={onDrag}
          />
        )}
      </div>
      <div className={classes.amounts}>
        <span>{t("disk.used", { size: formatBytes(used) })}</span>
        <span className={classes.mine}>{t("disk.ours", { size: formatBytes(ours) })}</span>
        <span>{t("disk.free", { size: formatBytes(free) })}</span>
      </div>
    </div>
  );
}
