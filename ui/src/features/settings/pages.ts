/** The settings pages that have content in this version; the command palette finds them too. */

/** One page. */
export interface SettingsPage {
  id: "general" | "wallet" | "network" | "smeshing" | "privacy" | "about";
  label: `settings:pages.${SettingsPage["id"]}`;
  /** Other words people look for. English, like the search they are matched with; not shown. */
  words: string;
}

/** In the order of the list. */
export const settingsPages: readonly SettingsPage[] = [
  { id: "general", label: "settings:pages.general", words: "language theme dark light units time zone autostart close button notifications sound tray" },
  { id: "wallet", label: "settings:pages.wallet", words: "password words backup lock auto-lock hide amounts delete rename" },
  { id: "network", label: "settings:pages.network", words: "mainnet testnet own genesis configuration" },
  { id: "smeshing", label: "settings:pages.smeshing", words: "gentle hours coinbase folder priority" },
  { id: "privacy", label: "settings:pages.privacy", words: "what leaves this computer telemetry" },
  { id: "about", label: "settings:pages.about", words: "version licence configuration report log" },
];
