/** The page's voice: the last sentence in a live region, shown for some seconds at the bottom. */
import { useEffect, useState } from "react";
import { onAnnounce } from "../../components/announce";
import classes from "./Frame.module.css";

const SHOWN_MS = 4000;

/** Draws what `announce` says. */
export function Announcer() {
  const [said, setSaid] = useState<{ text: string; at: number }>();
  useEffect(() => onAnnounce((text) => setSaid((before) => ({ text, at: (before?.at ?? 0) + 1 }))), []);
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => setSaid(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <div className={classes.announcer} role="status" aria-live="polite" data-empty={said === undefined}>
      {said !== undefined && <span key={said.at}>{said.text}</span>}
    </div>
  );
}
