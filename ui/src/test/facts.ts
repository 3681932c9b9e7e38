/** Facts of an opened wallet for tests of pages. Invented; the addresses have the shape of real ones. */
import type { AccountView, AddressView, AppState, Sentence, SessionView, SettingsView, StatusView, TransactionView } from "../bindings";
import type { OpenSession } from "../app/session";
import type { Answers } from "./simulated";

export const DAILY = "sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k";
export const ANNA = "sm1qqqqqqz427d427yk6r8pwexy0lkkgnumxh6chtgrxff8e";

export function said(text: string): Sentence {
  return { key: "test.none", values: {}, text };
}

export function addressView(plain: string): AddressView {
  return {
    plain,
    groups: plain.match(/.{1,4}/g) ?? [],
    short: `sm1…${plain.slice(9, 13)}…${plain.slice(-6)}`,
    common: plain.slice(0, 9),
    checksum: plain.slice(-6),
    hex: "00",
    prefix: "sm",
  };
}

export const app: AppState = {
  version: "0.1.0",
  platform: "linux",
  dataFolder: "/home/alice/.local/share/Smapp",
  firstStart: false,
  network: "mainnet",
  networkName: "Mainnet",
  addressPrefix: "sm",
  hasNode: false,
  inBrowser: true,
};

export const locked: SessionView = { state: "locked", lastWallet: "main", reason: "start" };

export const unlocked: OpenSession = {
  state: "unlocked",
  wallet: "main",
  name: "Main wallet",
  locksAt: null,
  graceUntil: null,
  wordsUnchecked: false,
  newWordsWaiting: false,
  hasWords: true,
  lastBackup: null,
  backupDue: false,
};

export const settings: SettingsView = {
  language: "system",
  theme: "light",
  unit: "smh",
  timeZone: "utc",
  startWithSystem: false,
  closeButton: "ask",
  notifications: {},
  autoLockMinutes: 5,
  lockOnSleep: true,
  passwordEachPayment: true,
  hideAmounts: false,
  gentleFrom: "",
  gentleUntil: "",
  defaultCoinbase: "",
  defaultFolder: "",
  lowPriority: true,
};

export const status: StatusView = {
  node: { tone: "off", text: said("No node in this version"), progress: null },
  smeshing: { tone: "off", text: said("Not set up"), progress: null },
  network: { tone: "ok", text: said("Mainnet"), progress: null },
  layer: 352_302,
  epoch: 87,
  worst: "node",
};

export const daily: AccountView = {
  id: "d",
  name: "Daily",
  template: "single",
  address: addressView(DAILY),
  canSign: true,
  marks: [],
  state: said("Unknown without a node"),
  balance: null,
  path: "m/44'/540'/0'/0'/0'",
  publicKey: "11".repeat(32),
  members: [],
  required: null,
  vault: null,
};

export const payment: TransactionView = {
  id: "t1",
  transactionId: null,
  lines: [
    { key: "kind", label: "Tx type", value: "Spend", name: null, kind: "text" },
    { key: "to", label: "Send to", value: ANNA, name: null, kind: "address" },
    { key: "amount", label: "Amount", value: "12.5 SMH", name: null, kind: "amount" },
  ],
  title: said("Daily: payment of 12.5 SMH waits for 1 signature"),
  method: "spend",
  template: "single",
  principal: DAILY,
  principalName: "Daily",
  destination: ANNA,
  destinationName: "Anna",
  amount: "12500000000",
  nonce: "41",
  gasPrice: "1",
  maxGas: "36218",
  fee: "36218",
  networkName: "Mainnet",
  signatures: [{ index: 0, publicKey: "11".repeat(32), ownKey: "Daily", state: "can_sign" }],
  required: 1,
  present: 0,
  complete: false,
  canSign: true,
  needsPassword: true,
  warnings: [],
  rawHex: "00",
  sizeBytes: 1,
  state: said("Not signed yet"),
  tone: "running",
  note: "",
  addedAt: null,
};

/** Answers of a program with one open wallet. */
export const openWallet: Answers = {
  app_state: app,
  session: unlocked,
  settings,
  status,
  notices: [],
  wallets: [{ id: "main", name: "Main wallet", path: "/x", created: null, modified: null, sizeBytes: "100", problem: null }],
  found_wallets: [],
  accounts: { accounts: [daily], keys: [], balanceNote: said("This version has no node, so balances are not known.") },
  contacts: [{ id: "a", name: "Anna", address: addressView(ANNA), note: "", lookAlike: null }],
  transactions: [],
  activity: unlocked,
  check_address: ({ address }) => ({
    valid: address === ANNA || address === DAILY,
    fault: address.length < 48 ? "too_short" : null,
    message: said(`Too short: ${address.length} of 48 characters.`),
    faultyGroup: null,
    address: address.length === 48 ? addressView(address) : null,
    ownAccount: address === DAILY ? "Daily" : null,
    contact: address === ANNA ? "Anna" : null,
    lookAlike: null,
  }),
};
