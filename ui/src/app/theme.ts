/**
 * Light, dark or the system's choice. The choice is the one thing this page keeps by itself, because it is needed before the first paint
 * (`public/first-paint.js` reads it); the settings of the app hold it too and win once they have arrived.
 */
import { Anchor, createTheme, Switch } from "@mantine/core";
import { useSyncExternalStore } from "react";

/** What a person chooses. */
export type ThemeChoice = "system" | "light" | "dark";

const KEY = "smapp.theme";
const DARK = "(prefers-color-scheme: dark)";
const listeners = new Set<() => void>();

function stored(): ThemeChoice {
  try {
    // eslint-disable-next-line no-restricted-globals -- the choice of light and dark, needed before the first paint
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : "system";
  } catch {
    return "system";
  }
}

let choice: ThemeChoice = stored();

function apply(): void {
  const root = document.documentElement;
  root.setAttribute("data-theme", effective());
  root.setAttribute("data-mantine-color-scheme", effective());
}

function effective(): "light" | "dark" {
  if (choice !== "system") return choice;
  return typeof matchMedia === "function" && matchMedia(DARK).matches ? "dark" : "light";
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const media = typeof matchMedia === "function" ? matchMedia(DARK) : undefined;
  const onSystem = () => {
    apply();
    listener();
  };
  media?.addEventListener("change", onSystem);
  return () => {
    listeners.delete(listener);
    media?.removeEventListener("change", onSystem);
  };
}

/** Sets the choice, keeps it for the next start and redraws. */
export function setThemeChoice(next: ThemeChoice): void {
  choice = next;
  try {
    // eslint-disable-next-line no-restricted-globals -- see above
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
  apply();
  listeners.forEach((listener) => listener());
}

/** The choice, alive. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

/** What is drawn, alive. */
export function useColorScheme(): "light" | "dark" {
  return useSyncExternalStore(subscribe, effective);
}

/** Mantine's theme; every colour and size comes from `styles/tokens.css` through CSS variables. */
export const theme = createTheme({
  primaryColor: "tide",
  primaryShade: { light: 6, dark: 4 },
  colors: {
    tide: ["#eaf6f8", "#dceef2", "#b5dce4", "#8ccbd7", "#62c6da", "#1f8fa6", "#00647a", "#005a6d", "#004f61", "#003c4a"],
  },
  fontFamily: "var(--f-sans)",
  fontFamilyMonospace: "var(--f-mono)",
  defaultRadius: 5,
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Anchor: Anchor.extend({ defaultProps: { underline: "always" } }),
    Switch: Switch.extend({ defaultProps: { withThumbIndicator: false } }),
  },
});
