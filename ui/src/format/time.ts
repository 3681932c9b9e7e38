/**
 * Instants and durations as a person reads them.
 *
 * Instants are Unix milliseconds; durations are seconds. Every function is pure: the current instant and the zone are arguments.
 * Rules (interface reference, section 4): "today 18:25", "Sun 21:00" within a week, else "Sun 8 Nov 14:10"; durations have two units.
 */
import i18next from "i18next";

const DAY_MS = 86_400_000;

interface Parts {
  weekday: string;
  day: string;
  month: string;
  year: string;
  hour: string;
  minute: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      weekday: "short",
      day: "numeric",
      month: "short",
      year: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formatters.set(zone, found);
  }
  return found;
}

function parts(at: number, zone: string): Parts {
  const found: Record<string, string> = {};
  for (const { type, value } of formatter(zone).formatToParts(at)) {
    found[type] = value;
  }
  return {
    weekday: found.weekday ?? "",
    day: found.day ?? "",
    // The British locale writes "Sept"; three letters keep columns even.
    month: (found.month ?? "").slice(0, 3),
    year: found.year ?? "",
    hour: found.hour ?? "",
    minute: found.minute ?? "",
  };
}

/** "18:25" in `zone`. */
export function formatClock(at: number, zone: string): string {
  const p = parts(at, zone);
  return `${p.hour}:${p.minute}`;
}

/** "Wed 18" for the axis of a timeline. */
export function formatDay(at: number, zone: string): string {
  const p = parts(at, zone);
  return `${p.weekday} ${p.day}`;
}

/** "Wed 18 Nov 2026" in `zone`. */
export function formatDate(at: number, zone: string): string {
  const p = parts(at, zone);
  return `${p.weekday} ${p.day} ${p.month} ${p.year}`;
}

/** "today 18:25", "Sun 21:00" within a week to either side, "Sun 8 Nov 14:10" further away; another year is written out. */
export function formatInstant(at: number, now: number, zone: string): string {
  const a = parts(at, zone);
  const n = parts(now, zone);
  const time = `${a.hour}:${a.minute}`;
  if (a.day === n.day && a.month === n.month && a.year === n.year) {
    return i18next.t("format:today", { time });
  }
  // Six full days keep a weekday's name from meaning two dates.
  if (Math.abs(at - now) < 6 * DAY_MS) {
    return `${a.weekday} ${time}`;
  }
  const year = a.year === n.year ? "" : ` ${a.year}`;
  return `${a.weekday} ${a.day} ${a.month}${year} ${time}`;
}

/** "2026-11-18 14:32 UTC": what a hover shows beside the local time. */
export function formatUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

type Unit = "days" | "hours" | "minutes" | "seconds";

/** Two units at most: "12 days 14 h", "4 h 17 min", "3 min 5 s", "8 s". Negative durations read as zero. */
export function formatDuration(seconds: number): string {
  const t = (key: Unit, value: number): string =>
    key === "days" ? i18next.t("format:duration.days", { count: value }) : i18next.t(`format:duration.${key}`, { value });
  const whole = Math.max(0, Math.round(seconds));
  if (whole === 0) {
    return i18next.t("format:duration.lessThanSecond");
  }
  const two = (big: Unit, bigValue: number, small: Unit, smallValue: number): string =>
    smallValue === 0 ? t(big, bigValue) : `${t(big, bigValue)} ${t(small, smallValue)}`;
  if (whole < 60) {
    return t("seconds", whole);
  }
  if (whole < 600) {
    return two("minutes", Math.floor(whole / 60), "seconds", whole % 60);
  }
  const minutes = Math.round(whole / 60);
  if (minutes < 60) {
    return t("minutes", minutes);
  }
  if (minutes < 24 * 60) {
    return two("hours", Math.floor(minutes / 60), "minutes", minutes % 60);
  }
  const hours = Math.round(whole / 3600);
  return two("days", Math.floor(hours / 24), "hours", hours % 24);
}

/** The short name of a zone at an instant, as "CET" or "GMT+5:30". */
export function zoneName(at: number, zone: string): string {
  const found = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeZoneName: "short" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName");
  return found?.value ?? zone;
}
