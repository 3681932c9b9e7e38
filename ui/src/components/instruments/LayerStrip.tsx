/**
 * The last layers, one bar each: height is the number of transactions, tone is how certain the layer is.
 *
 * Verified is dark, applied grey, the current one outlined and filling, not applied an outline; an empty layer keeps 3 px. A lozenge
 * marks a layer one is drawn for, a cross one that was missed.
 */
import { useTranslation } from "react-i18next";
import { formatCount, formatInstant, useClock } from "../../format";
import { Cross, Instrument, Lozenge, type Mark } from "./Instrument";
import classes from "./instruments.module.css";

export interface LayerBar {
  layer: number;
  /** Start of the layer, Unix milliseconds. */
  at: number;
  state: "verified" | "applied" | "current" | "waiting";
  transactions: number;
  own?: "drawn" | "missed";
  /** How much of the current layer has passed, 0 to 1. */
  progress?: number;
}

interface LayerStripProps {
  /** Oldest first. */
  layers: readonly LayerBar[];
  onOpen?: (layer: number) => void;
}

const TOP = 14;
const FLOOR = 62;
const EMPTY = 3;
const NARROW = 480;

export function LayerStrip({ layers, onOpen }: LayerStripProps) {
  const { t } = useTranslation("instruments");
  const { zone, now } = useClock();
  const label = t("layerStrip.label", {
    count: layers.length,
    verified: layers.filter((each) => each.state === "verified").length,
    empty: layers.filter((each) => each.transactions === 0).length,
  });
  const own = (bar: LayerBar): string => (bar.own === undefined ? "" : t(`layerStrip.${bar.own}`));
  const describe = (bar: LayerBar): string => {
    const text = t("layerStrip.mark", {
      layer: formatCount(bar.layer),
      time: formatInstant(bar.at, now, zone),
      state: t(`layerStrip.state.${bar.state}`),
      transactions: t("layerStrip.transactions", { count: bar.transactions }),
    });
    return bar.own === undefined ? text : `${text}, ${own(bar)}`;
  };
  const marks = (width: number): Mark[] => {
    const bars = visible(layers, width);
    const step = (width + 3) / Math.max(1, bars.length);
    return bars.map((bar, index) => ({
      key: String(bar.layer),
      left: index * step,
      top: 0,
      width: step - 3,
      height: FLOOR,
      label: describe(bar),
      ...(onOpen === undefined
        ? {}
        : {
            onOpen: () => {
              onOpen(bar.layer);
            },
          }),
    }));
  };
  return (
    <Instrument
      label={label}
      height={82}
      draw={(width) => <Bars layers={visible(layers, width)} width={width} nowLabel={(layer) => t("layerStrip.now", { layer })} />}
      marks={marks}
      legend={t("layerStrip.legend")}
      table={{
        caption: t("layerStrip.caption"),
        head: (["layer", "time", "state", "transactions", "yours"] as const).map((key) => t(`layerStrip.head.${key}`)),
        rows: layers.map((bar) => [
          formatCount(bar.layer),
          formatInstant(bar.at, now, zone),
          t(`layerStrip.state.${bar.state}`),
          formatCount(bar.transactions),
          own(bar),
        ]),
      }}
    />
  );
}

/** Half as many bars where they would be thinner than a finger can tell apart. */
function visible(layers: readonly LayerBar[], width: number): readonly LayerBar[] {
  return width < NARROW ? layers.slice(-24) : layers;
}

function Bars({ layers, width, nowLabel }: { layers: readonly LayerBar[]; width: number; nowLabel: (layer: string) => string }) {
  const most = Math.max(1, ...layers.map((each) => each.transactions));
  const step = (width + 3) / Math.max(1, layers.length);
  const bar = Math.max(2, step - 3);
  const every = width < NARROW ? 8 : 12;
  const last = layers[layers.length - 1];
  return (
    <>
      {layers.map((each, index) => {
        const x = index * step;
        const height = each.transactions === 0 ? EMPTY : Math.max(EMPTY, (each.transactions / most) * (FLOOR - TOP));
        const y = FLOOR - height;
        const middle = x + bar / 2;
        return (
          <g key={each.layer}>
            {each.state === "verified" && <rect x={x} y={y} width={bar} height={height} fill="var(--c-layer-verified)" />}
            {each.state === "applied" && <rect x={x} y={y} width={bar} height={height} fill="var(--c-layer-applied)" />}
            {each.state === "waiting" && (
              <rect x={x + 0.5} y={y + 0.5} width={bar - 1} height={Math.max(1, height - 1)} fill="none" stroke="var(--c-line-strong)" />
            )}
            {each.state === "current" && (
              <>
                <rect
                  x={x + 0.75}
                  y={TOP + 0.75}
                  width={bar - 1.5}
                  height={FLOOR - TOP - 1.5}
                  fill="none"
                  stroke="var(--c-accent)"
                  strokeWidth={1.5}
                />
                <rect
                  x={x}
                  y={FLOOR - (FLOOR - TOP) * (each.progress ?? 0)}
                  width={bar}
                  height={(FLOOR - TOP) * (each.progress ?? 0)}
                  fill="var(--c-accent)"
                />
              </>
            )}
            {each.own === "drawn" && <Lozenge x={middle} y={5} size={4.5} fill="var(--c-accent)" />}
            {each.own === "missed" && <Cross x={middle} y={5} size={3.5} />}
            {index % every === 0 && layers.length - index > every / 2 && (
              <>
                <path d={`M${String(Math.round(x) + 0.5)} 64v4`} stroke="var(--c-line-strong)" />
                <text x={x} y={80}>
                  {formatCount(each.layer)}
                </text>
              </>
            )}
          </g>
        );
      })}
      {last !== undefined && (
        <text x={width} y={80} textAnchor="end" className={classes.accent}>
          {nowLabel(formatCount(last.layer))}
        </text>
      )}
    </>
  );
}
