/** One proof against the window it must fit into, with the 70 % up to which work is planned. */
import { useTranslation } from "react-i18next";
import { formatDuration } from "../../format";
import { Instrument } from "./Instrument";
import classes from "./instruments.module.css";

interface SpeedBarProps {
  /** Seconds. */
  proof: number;
  window: number;
}

const PLANNED = 0.7;

export function SpeedBar({ proof, window }: SpeedBarProps) {
  const { t } = useTranslation("instruments");
  const planned = formatDuration(window * PLANNED);
  const late = proof > window;
  return (
    <Instrument
      label={t("speed.label", { proof: formatDuration(proof), window: formatDuration(window), planned })}
      height={64}
      table={{
        caption: t("speed.caption"),
        head: [t("speed.head.what"), t("speed.head.duration")],
        rows: [
          [t("speed.row.proof"), formatDuration(proof)],
          [t("speed.row.planned"), planned],
          [t("speed.row.window"), formatDuration(window)],
        ],
      }}
      draw={(width) => {
        // A proof beyond the window keeps the window's end visible inside the drawing.
        const scale = width / Math.max(window, proof);
        const end = window * scale;
        const mark = end * PLANNED;
        const bar = Math.max(2, proof * scale);
        return (
          <>
            <rect x={0} y={14} width={end} height={22} fill="var(--c-sunken)" />
            <rect x={0} y={14} width={bar} height={22} fill={late ? "var(--c-danger)" : proof > window * PLANNED ? "var(--c-warn-mark)" : "var(--c-accent)"} />
            <path d={`M${mark} 8V42`} stroke="var(--c-line-strong)" strokeWidth={1.5} strokeDasharray="3 3" />
            <path d={`M${end - 0.75} 8V42`} stroke="var(--c-ink)" strokeWidth={1.5} />
            <text x={mark} y={56} textAnchor="middle">
              {`${t("speed.seventy")}, ${planned}`}
            </text>
            {end - mark > 190 && (
              <text x={end} y={56} textAnchor="end" className={classes.ink}>
                {t("speed.end", { window: formatDuration(window) })}
              </text>
            )}
          </>
        );
      }}
    />
  );
}
