/** The steps of a flow: done, current, to come; in words and glyphs. */
import { useTranslation } from "react-i18next";
import classes from "./Steps.module.css";
import { StateGlyph } from "./StatusPill";

/** A list of steps; `current` counts from 0. */
export function Steps({ labels, current }: { labels: string[]; current: number }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.steps} aria-label={t("components:steps.label", { current: Math.min(current + 1, labels.length), total: labels.length })}>
      {labels.map((label, index) => (
        <li key={label} aria-current={index === current ? "step" : undefined}>
          <StateGlyph state={index < current ? "ok" : index === current ? "run" : "off"} decorative={index === current} />
          <span>{label}</span>
        </li>
      ))}
    </ol>
  );
}
