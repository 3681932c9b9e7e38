/** An epoch drawn as an orbit: a tick per day part, the band of the PoET round with the proof window in it, the arc of what has passed. */
import { useTranslation } from "react-i18next";
import { useClock } from "../../format";
import { useData } from "../../transport";
import classes from "./EpochRing.module.css";

const CENTRE = 300;
const TICKS = 14 * 12;

function at(radius: number, share: number): string {
  const angle = share * 2 * Math.PI - Math.PI / 2;
  return `${(CENTRE + radius * Math.cos(angle)).toFixed(1)} ${(CENTRE + radius * Math.sin(angle)).toFixed(1)}`;
}

/** An arc from one share of the epoch to another. */
function arc(radius: number, from: number, to: number): string {
  const large = to - from > 0.5 ? 1 : 0;
  return `M${at(radius, from)}A${radius} ${radius} 0 ${large} 1 ${at(radius, to)}`;
}

/** Heights of the bars in the middle, as a strip of layers looks. */
const BARS = [35, 27, 36, 58, 22, 26, 57, 45, 58, 54, 56, 55, 25, 59, 31, 44, 29, 34, 40, 27, 40];

/** The drawing, by this computer's clock. */
export function EpochRing() {
  const { t } = useTranslation();
  const { now } = useClock();
  const network = useData("network").data;
  const start = network?.epochStartsAt ? Date.parse(network.epochStartsAt) : undefined;
  const end = network?.epochEndsAt ? Date.parse(network.epochEndsAt) : undefined;
  const share = (instant: number) => (start === undefined || end === undefined || end <= start ? 0 : Math.min(0.9999, Math.max(0, (instant - start) / (end - start))));
  const passed = share(now);
  const proof = network?.windows.find((window) => window.kind === "proof_window");
  return (
    <svg viewBox="30 30 540 540" className={classes.ring} role="img" aria-label={t("onboarding:ring", { percent: Math.round(passed * 100) })}>
      {Array.from({ length: TICKS }, (_, index) => {
        const day = index % 12 === 0;
        return <path key={index} d={`M${at(250, index / TICKS)}L${at(day ? 234 : 245, index / TICKS)}`} stroke="var(--c-line-strong)" strokeWidth={day ? 1.6 : 0.8} />;
      })}
      <circle cx={CENTRE} cy={CENTRE} r="206" fill="none" stroke="var(--c-band)" strokeWidth="16" />
      {proof && <path d={arc(206, share(Date.parse(proof.startsAt)), share(Date.parse(proof.endsAt)))} fill="none" stroke="var(--c-accent)" strokeWidth="16" />}
      <circle cx={CENTRE} cy={CENTRE} r="162" fill="none" stroke="var(--c-line)" strokeWidth="1" />
      {passed > 0 && <path d={arc(162, 0, passed)} fill="none" stroke="var(--c-layer-verified)" strokeWidth="5" />}
      <circle cx={at(162, passed).split(" ")[0]} cy={at(162, passed).split(" ")[1]} r="9" fill="var(--c-accent)" />
      {BARS.map((height, index) => (
        <rect key={index} x={207 + index * 9} y={342 - 1.5 * height} width="6" height={1.5 * height} fill={index === BARS.length - 1 ? "var(--c-accent)" : index > BARS.length - 4 ? "var(--c-layer-applied)" : "var(--c-layer-verified)"} />
      ))}
    </svg>
  );
}
