/** The status bar: each part leads to its page. A live region that speaks at most once a minute. On phones: one line, the worst part. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { StatusPart } from "../../bindings";
import { StateGlyph } from "../../components/StatusPill";
import { stateOf } from "../../components/tone";
import { useClock } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useData } from "../../transport";
import { Link } from "../router";
import classes from "./Frame.module.css";

const QUIET_MS = 60_000;

/** Draws the bar. */
export function StatusBar() {
  const { t } = useTranslation();
  const status = useData("status").data;
  const app = useData("app_state").data;
  const sentence = useSentence();
  return (
    <footer className={classes.status} aria-label={t("frame:status.label")}>
      {status && (
        <>
          <Part to="/network" part={status.node} />
          <Part to="/smeshing" part={status.smeshing} />
          <span className={classes.fill} />
          <Link to="/settings/network" className={app?.network === "mainnet" ? undefined : classes.test}>
            {app?.networkName ?? sentence(status.network.text)}
          </Link>
          <Clock />
          <Spoken text={`${sentence(status.node.text)}. ${sentence(status.smeshing.text)}`} />
        </>
      )}
    </footer>
  );
}

/** The line at the top of phones. */
export function PhoneState() {
  const status = useData("status").data;
  const sentence = useSentence();
  const { t } = useTranslation();
  if (status === undefined) return <header className={classes.phoneState} />;
  const worst = status.worst === "smeshing" ? status.smeshing : status.worst === "network" ? status.network : status.node;
  return (
    <header className={classes.phoneState} aria-label={t("frame:status.label")}>
      <StateGlyph state={stateOf(worst.tone)} />
      <span>{sentence(worst.text)}</span>
    </header>
  );
}

function Part({ to, part }: { to: string; part: StatusPart }) {
  const sentence = useSentence();
  return (
    <Link to={to}>
      <StateGlyph state={stateOf(part.tone)} />
      <span>{sentence(part.text)}</span>
    </Link>
  );
}

/** HH:MM with its zone. */
function Clock() {
  const { now, zone } = useClock();
  const { i18n } = useTranslation();
  const text = new Intl.DateTimeFormat(i18n.language === "pseudo" ? "en-GB" : `${i18n.language}-GB`, {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZone: zone,
    timeZoneName: "short",
  }).format(now);
  return <span className={classes.clock}>{text}</span>;
}

/** Says changes to readers, at most one a minute: the first text is silent, later ones wait for the minute to end. */
function Spoken({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  const last = useRef<{ text: string; at: number }>(undefined);
  useEffect(() => {
    last.current ??= { text, at: performance.now() };
    if (text === last.current.text) return;
    const wait = Math.max(0, last.current.at + QUIET_MS - performance.now());
    const timer = setTimeout(() => {
      last.current = { text, at: performance.now() };
      setSaid(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <span className="reader-only" role="status" aria-live="polite">
      {said}
    </span>
  );
}
