/** Invented but consistent facts for the gallery and for tests of the views: mainnet, Wed 18 Nov 2026 15:32 CET, layer 352,302, epoch 87. */
import type {
  CloseView,
  FolderView,
  ForecastView,
  IdentityView,
  NetworkView,
  ProposalView,
  ProviderView,
  RangeView,
  RemovalView,
  Sentence,
  SmeshingView,
  SpaceView,
  TaskView,
} from "../../bindings";
import type { Duty, LayerBar, LensRow, PoetRound } from "../../components/instruments";

/** The instant of all pictures. */
export const NOW = Date.UTC(2026, 10, 18, 14, 32);
/** The zone of all pictures. */
export const ZONE = "Europe/Berlin";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GIB = 1024n ** 3n;

/** A sentence as the program sends it, without an entry in the catalogue. */
export function said(text: string): Sentence {
  return { key: "gallery.none", values: {}, text };
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}

export const layers: LayerBar[] = Array.from({ length: 48 }, (_, index) => {
  const own = index === 42 ? "drawn" : index === 18 ? "missed" : undefined;
  return {
    layer: 352_255 + index,
    at: NOW - (47 - index) * 5 * MINUTE,
    state: index < 44 ? "verified" : index < 46 ? "applied" : index < 47 ? "waiting" : "current",
    transactions: index === 26 ? 0 : 18 + ((index * 37) % 41),
    ...(own === undefined ? {} : { own }),
    ...(index === 47 ? { progress: 0.4 } : {}),
  };
});

const EPOCH_START = Date.UTC(2026, 10, 13, 8);

export const rounds: PoetRound[] = [
  { round: 86, from: EPOCH_START - 108 * HOUR, until: EPOCH_START + 228 * HOUR, registered: true },
  { round: 87, from: EPOCH_START + 240 * HOUR, until: EPOCH_START + 564 * HOUR },
];

export const epoch = {
  epoch: 87,
  start: EPOCH_START,
  end: EPOCH_START + 14 * 24 * HOUR,
  rounds,
  window: { from: EPOCH_START + 228 * HOUR, until: EPOCH_START + 240 * HOUR },
};

/** The instant of the pictures inside the proof window. */
export const IN_WINDOW = epoch.window.from + 167 * MINUTE;

export const duties: Duty[] = [
  { at: EPOCH_START + 30.5 * HOUR, what: "Archive drawn, layer 351,150", state: "rewarded" },
  { at: NOW + 173 * MINUTE, what: "Tower drawn, layer 352,337", state: "next", cost: "about 1.6 SMH" },
  { at: NOW + 124 * HOUR, what: "Nook drawn, layer 353,792", state: "later", cost: "about 0.4 SMH" },
];

export const missedDuties: Duty[] = duties.map((duty, index) => (index === 1 ? { ...duty, state: "missed" } : duty));

export const lensForecast: LensRow[] = [
  { name: "Tower, 1 TiB", from: epoch.window.from, until: epoch.window.from + 20 * MINUTE, state: "forecast", text: "20 min" },
  { name: "Archive, 4 TiB", from: epoch.window.from, until: epoch.window.from + 418 * MINUTE, state: "forecast", text: "6 h 58 min" },
  { name: "Shed, 8 TiB", from: epoch.window.from, until: epoch.window.until + 12 * MINUTE, state: "late", text: "12 min too late" },
];

export const lensRunning: LensRow[] = [
  { name: "Archive, 4 TiB", from: epoch.window.from, until: epoch.window.from + 424 * MINUTE, state: "running", text: "about 04:04", done: 0.39 },
  { name: "Tower, 1 TiB", from: epoch.window.from, until: epoch.window.from + 21 * MINUTE, state: "done", text: "ATX published 21:21" },
];

const providers: ProviderView[] = [
  device("vulkan:0", "GeForce RTX 4090", "gpu", "Vulkan", "566.14", 24n * GIB, 486_000, true),
  device("vulkan:1", "GeForce RTX 3060", "gpu", "Vulkan", "566.14", 12n * GIB, 138_000, true),
  device("cpu", "Processor, 16 cores", "cpu", "AVX-512", null, null, 15_800, false),
  {
    ...device("vulkan:2", "Radeon RX 580", "gpu", "Vulkan", null, 8n * GIB, null, false),
    usable: false,
    reason: said("The Vulkan driver is missing. Install the driver of the card."),
  },
];

function device(
  id: string,
  name: string,
  kind: string,
  backend: string,
  driver: string | null,
  memory: bigint | null,
  rate: number | null,
  proposed: boolean,
): ProviderView {
  return {
    id,
    name,
    kind,
    backend,
    driver,
    usable: true,
    reason: null,
    proposed,
    memoryBytes: memory === null ? null : memory.toString(),
    rate,
    measuredAt: rate === null ? null : at(NOW),
  };
}

export { providers };

export const folder: FolderView = {
  path: "/mnt/nvme/spacemesh",
  exists: true,
  writable: true,
  freeBytes: (543n * GIB).toString(),
  totalBytes: (931n * GIB).toString(),
  unitsThatFit: 6,
  fileSystem: "ext4",
  drive: "ssd",
  data: null,
  problems: [],
  usable: true,
};

export const forecast: ForecastView = {
  units: 4,
  bytes: (256n * GIB).toString(),
  fillSeconds: 27_600,
  filledAt: at(NOW + 460 * MINUTE),
  powSeconds: 120,
  proofSeconds: 540,
  windowSeconds: 43_200,
  verdict: "comfortable",
  sentence: said("Filling takes about 7 h 40 min, a proof about 9 min of 12 h."),
};

export const proposal: ProposalView = {
  measuring: false,
  step: null,
  share: 1,
  folder,
  providers,
  fillRate: 624_000,
  readRate: 1.9 * 1024 ** 3,
  proveRate: 2.2 * 1024 ** 3,
  powRate: 900,
  units: 4,
  unitsProvable: 5,
  nonces: 288,
  threads: 8,
  cpuThreads: 12,
  maxFileBytes: (4n * GIB).toString(),
  forecast,
  choices: [
    { nonces: 288, threads: 8, rate: 2.2 * 1024 ** 3, onePass: 0.999, unitsProvable: 900, proposed: true },
    { nonces: 128, threads: 8, rate: 3.1 * 1024 ** 3, onePass: 0.957, unitsProvable: 1200, proposed: false },
    { nonces: 288, threads: 4, rate: 1.1 * 1024 ** 3, onePass: 0.999, unitsProvable: 500, proposed: false },
  ],
  basis: said("Measured on this computer, today 15:30."),
  problems: [],
};

export const measuring: ProposalView = {
  ...proposal,
  measuring: true,
  step: said("Measuring the GeForce RTX 3060"),
  share: 0.45,
  readRate: null,
  forecast: null,
  choices: [],
  providers: providers.map((each, index) => (index === 0 ? each : { ...each, rate: null, measuredAt: null })),
};

const IDENTITY = "9ec22670a6b1f2c3d4e5061728394a5b6c7d8e9f00112233445566778899aabb";

function ranges(complete: number, writing: readonly number[], bad: readonly number[] = []): RangeView[] {
  return Array.from({ length: 64 }, (_, file) => {
    const share = writing[file - complete];
    if (bad.includes(file)) {
      return { firstFile: file, lastFile: file, share: 0.99, state: "bad" };
    }
    if (file < complete) {
      return { firstFile: file, lastFile: file, share: 1, state: "complete" };
    }
    return share === undefined
      ? { firstFile: file, lastFile: file, share: 0, state: "todo" }
      : { firstFile: file, lastFile: file, share, state: "writing" };
  });
}

export const space: SpaceView = {
  folder: "/mnt/nvme/spacemesh",
  units: 4,
  totalBytes: (256n * GIB).toString(),
  doneBytes: ((1582n * GIB) / 10n).toString(),
  maxFileBytes: (4n * GIB).toString(),
  commitmentAtx: "f5e2b1c0".padEnd(64, "0"),
  vrfNonce: "3302184671",
  vrfNonceFile: 12,
  complete: false,
  ranges: ranges(38, [0.82, 0.34]),
  badRanges: [],
  lastCheck: null,
  nonces: 288,
  threads: 8,
  problem: null,
};

export const filledSpace: SpaceView = { ...space, doneBytes: space.totalBytes, complete: true, ranges: ranges(64, []) };

export const damagedSpace: SpaceView = {
  ...filledSpace,
  ranges: ranges(64, [], [30, 31]),
  badRanges: [
    { file: 30, firstLabel: "8053063680", labels: "1048576", reason: "wrong_label" },
    { file: 31, firstLabel: "8321499136", labels: "268435456", reason: "missing_file" },
  ],
  lastCheck: { at: at(NOW - 20 * MINUTE), labels: "17179869184", bad: 2, sentence: "2 damaged ranges were found among 17,179,869,184 labels." },
};

export const identity: IdentityView = {
  id: IDENTITY,
  name: "Nook",
  keyFile: "nook.key",
  space,
  coinbase: "sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k",
  tone: "running",
  state: said("Filling 61.8 %"),
  task: "1",
};

export const fillTask: TaskView = {
  id: "1",
  identity: IDENTITY,
  kind: "fill",
  title: said("Filling 256 GiB"),
  state: "running",
  done: "10617159155",
  total: "17179869184",
  unit: "labels",
  share: 0.618,
  rate: 624_000,
  endsAt: at(NOW + 175 * MINUTE),
  pausedSince: null,
  startedAt: at(NOW - 284 * MINUTE),
  endedAt: null,
  phase: null,
  closeSentence: said("If you close Smapp filling stops and continues from the same label next time. If you only close the window it goes on."),
  devices: [
    { id: "vulkan:0", name: "GeForce RTX 4090", rate: 486_200, done: "8268000000", gentle: false, state: "working", message: null },
    { id: "vulkan:1", name: "GeForce RTX 3060", rate: 137_800, done: "2349000000", gentle: true, state: "working", message: "drives the display" },
  ],
  error: null,
  warnings: [],
  result: null,
};

export const pausedTask: TaskView = { ...fillTask, state: "paused", rate: null, endsAt: null, pausedSince: at(NOW - 90 * MINUTE) };

export const failedTask: TaskView = {
  ...fillTask,
  state: "failed",
  rate: null,
  endsAt: null,
  devices: [],
  warnings: [said("The RTX 4090 returned wrong labels 3 times. Nothing wrong was kept.")],
  error: {
    code: "disk_full",
    message: "The drive of /mnt/nvme/spacemesh is full. Filling stopped at 61.8 %.",
    cost: "What was filled is kept.",
    remedy: "Free some space and resume.",
    field: null,
    retryAfterSeconds: null,
  },
};

export const checkTask: TaskView = {
  ...fillTask,
  id: "2",
  kind: "check",
  title: said("Checking a sample"),
  done: "3100",
  total: "10000",
  share: 0.31,
  rate: 60,
  endsAt: at(NOW + 2 * MINUTE),
  devices: [],
};

export const moveTask: TaskView = {
  ...fillTask,
  id: "3",
  kind: "move",
  title: said("Moving Nook"),
  unit: "bytes",
  done: ((1101n * GIB) / 10n).toString(),
  total: (256n * GIB).toString(),
  share: 0.43,
  rate: 69 * 1024 ** 2,
  endsAt: at(NOW + 36 * MINUTE),
  devices: [],
  closeSentence: said("If you close Smapp copying continues next time. Nook goes on with the old folder until everything is in the new one."),
};

export const network: NetworkView = {
  sentence: said("This version has no node."),
  id: "mainnet",
  name: "Mainnet",
  genesisId: "9eebff023abb17ccb775c602daade8ed708f0a50",
  goldenAtx: "9eebff023abb17ccb775c602daade8ed708f0a50".padEnd(64, "0"),
  genesisTime: "2023-07-14T08:00:00Z",
  addressPrefix: "sm",
  layerSeconds: 300,
  layersPerEpoch: 4032,
  layer: 352_302,
  epoch: 87,
  nextLayerAt: at(NOW + 3 * MINUTE),
  epochStartsAt: at(epoch.start),
  epochEndsAt: at(epoch.end),
  windows: [
    ...rounds.map((round) => ({ kind: "poet_round", startsAt: at(round.from), endsAt: at(round.until) })),
    { kind: "proof_window", startsAt: at(epoch.window.from), endsAt: at(epoch.window.until) },
  ],
  firstLayer: 8064,
  hasNode: false,
};

export const smeshing: SmeshingView = {
  setUp: true,
  sentence: said("Filling, done about 18:27."),
  tone: "running",
  details: [],
  identities: [identity],
  tasks: [fillTask],
  unitBytes: (64n * GIB).toString(),
  minUnits: 4,
  maxUnits: 4_294_967_295,
};

export const closeQuestion: CloseView = {
  action: "ask",
  title: said("Space is being filled"),
  body: said("Nook (256 GiB) is 61.8 % filled and needs until 18:27. What should happen when the window closes?"),
  choices: [
    { id: "tray", label: said("Keep running in the background"), consequence: said("Smapp stays in the tray and goes on.") },
    { id: "quit_when_done", label: said("Quit when it is filled"), consequence: said("Closes by itself about 18:27.") },
    { id: "quit", label: said("Quit now"), consequence: said("Filling stops and continues from the same label next time.") },
  ],
};

export const removal: RemovalView = {
  question: said("Remove the identity Nook and its data?"),
  removed: [
    { path: "/mnt/nvme/spacemesh/postdata_0.bin … postdata_63.bin", files: 64, sizeBytes: (256n * GIB).toString() },
    { path: "/mnt/nvme/spacemesh/postdata_metadata.json", files: 1, sizeBytes: "412" },
  ],
  stays: [said("Wallets, other identities, settings"), said("holiday.zip in the same folder, not ours")],
  costs: [said("Filling 256 GiB again takes about 7 h 40 min.")],
  typedName: "Nook",
  totalBytes: (256n * GIB).toString(),
  button: said("Remove 256 GiB"),
};
