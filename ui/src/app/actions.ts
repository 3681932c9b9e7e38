/**
 * Everything a person can do from anywhere, as one table: it feeds the keys, the command palette and the key list. An action that would lose
 * something only opens its dialog.
 */
import type { ParseKeys } from "i18next";
import type { IconName } from "../components/Icon";
import { navigate } from "./router";
import type { Keys } from "./shortcuts";
import type { ThemeChoice } from "./theme";

/** What an action may touch. */
export interface ActionContext {
  /** Opens one of the frame's own layers. */
  open: (layer: "palette" | "keys") => void;
  lock: () => void;
  /** The theme, here and in the settings of the app. */
  chooseTheme: (choice: ThemeChoice) => void;
  toggleAmounts: () => void;
  /** Whether a wallet is open. */
  unlocked: boolean;
}

/** One thing that can be done. */
export interface Action {
  id: string;
  label: ParseKeys<"frame">;
  group: "go" | "wallet" | "smeshing" | "app";
  icon: IconName;
  keys?: Keys;
  /** Other words people look for. English, like the search they are matched with; not shown. */
  words?: string;
  /** Whether it can be done at the moment; absent: always. */
  when?: (context: ActionContext) => boolean;
  run: (context: ActionContext) => void;
}

const unlocked = (context: ActionContext) => context.unlocked;
const go = (to: string) => () => navigate(to);

/** The field that `/` goes to: pages with a search mark it. */
function focusSearch(): void {
  document.querySelector<HTMLElement>("[data-search]")?.focus();
}

/** The table. */
export const actions: readonly Action[] = [
  { id: "wallet", label: "pages.wallet", group: "go", icon: "wallet", keys: "Mod+1", run: go("/wallet") },
  { id: "smeshing", label: "pages.smeshing", group: "go", icon: "smeshing", keys: "Mod+2", words: "space post fill proof", run: go("/smeshing") },
  { id: "network", label: "pages.network", group: "go", icon: "network", keys: "Mod+3", words: "node peers sync epoch layer", run: go("/network") },
  { id: "contacts", label: "pages.contacts", group: "go", icon: "contacts", keys: "Mod+4", words: "address book", run: go("/contacts") },
  { id: "settings", label: "pages.settings", group: "go", icon: "settings", keys: "Mod+5", words: "preferences options", run: go("/settings") },
  { id: "send", label: "actions.send", group: "wallet", icon: "send", keys: "S", words: "pay transfer spend", when: unlocked, run: go("/wallet/send") },
  { id: "receive", label: "actions.receive", group: "wallet", icon: "receive", keys: "R", words: "address qr", when: unlocked, run: go("/wallet/receive") },
  { id: "addAccount", label: "actions.addAccount", group: "wallet", icon: "plus", words: "multisig vesting vault watch key", when: unlocked, run: go("/wallet/accounts/add") },
  { id: "import", label: "actions.importTransaction", group: "wallet", icon: "file", words: "sign merge multisig hex", when: unlocked, run: go("/wallet/transactions/import") },
  { id: "signText", label: "actions.signText", group: "wallet", icon: "pen", words: "message prove", when: unlocked, run: go("/wallet/sign") },
  { id: "verifyText", label: "actions.verifyText", group: "wallet", icon: "shield", words: "message signature", run: go("/wallet/verify") },
  { id: "addContact", label: "actions.addContact", group: "wallet", icon: "contacts", words: "address book", when: unlocked, run: go("/contacts?add=1") },
  { id: "backup", label: "actions.backup", group: "wallet", icon: "file", words: "save copy", when: unlocked, run: go("/settings/wallet?open=backup") },
  { id: "changePassword", label: "actions.changePassword", group: "wallet", icon: "lock", when: unlocked, run: go("/settings/wallet?open=password") },
  { id: "showWords", label: "actions.showWords", group: "wallet", icon: "words", words: "mnemonic seed phrase", when: unlocked, run: go("/settings/wallet?open=words") },
  { id: "deleteWallet", label: "actions.deleteWallet", group: "wallet", icon: "trash", when: unlocked, run: go("/settings/wallet?open=delete") },
  { id: "newWallet", label: "actions.newWallet", group: "wallet", icon: "plus", words: "create", run: go("/start/create") },
  { id: "openFile", label: "actions.openFile", group: "wallet", icon: "file", words: "import smcli smapp-lite", run: go("/start/open") },
  { id: "restore", label: "actions.restore", group: "wallet", icon: "words", words: "mnemonic seed phrase", run: go("/start/restore") },
  { id: "commands", label: "actions.commands", group: "app", icon: "search", keys: "Mod+K", run: (context) => context.open("palette") },
  { id: "keys", label: "actions.keys", group: "app", icon: "more", keys: "?", words: "shortcuts keyboard help", run: (context) => context.open("keys") },
  { id: "lock", label: "actions.lock", group: "app", icon: "lock", keys: "Mod+L", when: unlocked, run: (context) => context.lock() },
  { id: "search", label: "actions.search", group: "app", icon: "search", keys: "/", run: focusSearch },
  { id: "hideAmounts", label: "actions.hideAmounts", group: "app", icon: "eye", words: "privacy balance", run: (context) => context.toggleAmounts() },
  { id: "light", label: "actions.lightTheme", group: "app", icon: "settings", words: "bright mode", run: (context) => context.chooseTheme("light") },
  { id: "dark", label: "actions.darkTheme", group: "app", icon: "settings", words: "night mode", run: (context) => context.chooseTheme("dark") },
  { id: "system", label: "actions.systemTheme", group: "app", icon: "settings", run: (context) => context.chooseTheme("system") },
];

