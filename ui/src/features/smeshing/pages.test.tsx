import { MantineProvider } from "@mantine/core";
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { IdentityView, SmeshingView, SpaceView, TaskView } from "../../bindings";
import { ParamsProvider } from "../../app/router";
import { theme } from "../../app/theme";
import { ClockProvider } from "../../format";
import { startCatalogue } from "../../i18n";
import { simulatedBackend, type Answers, type Simulated } from "../../test/simulated";
import { BackendProvider } from "../../transport";
import * as facts from "../gallery/fixtures";
import { ExistingPage } from "./ExistingPage";
import { IdentityPage } from "./IdentityPage";
import { MovePage } from "./MovePage";
import { SetupPage } from "./SetupPage";
import { SmeshingPage } from "./SmeshingPage";
import { SpeedPage } from "./SpeedPage";

beforeAll(() => {
  startCatalogue();
  // Mantine's segmented control observes its size; nothing here has one.
  globalThis.ResizeObserver = class {
    observe() {
      return undefined;
    }
    unobserve() {
      return undefined;
    }
    disconnect() {
      return undefined;
    }
  };
});

beforeEach(() => {
  window.location.hash = "";
});

const empty: SmeshingView = { ...facts.smeshing, setUp: false, identities: [], tasks: [] };

function withIdentity(space: SpaceView, tasks: TaskView[], identity: Partial<IdentityView> = {}): SmeshingView {
  return { ...facts.smeshing, tasks, identities: [{ ...facts.identity, space, task: tasks.at(-1)?.id ?? null, ...identity }] };
}

function show(page: React.ReactNode, answers: Answers, params: Record<string, string> = { id: facts.identity.id }): Simulated {
  const backend = simulatedBackend({
    session: { state: "no_wallet" },
    network: facts.network,
    providers: { providers: facts.providers, problem: null },
    proposal: facts.proposal,
    forecast: facts.forecast,
    measure: facts.proposal,
    stop_measuring: facts.proposal,
    check_address: { valid: true, fault: null, message: null, faultyGroup: null, address: null, ownAccount: null, contact: null, lookAlike: null },
    ...answers,
  });
  render(
    <MantineProvider env="test" theme={theme} forceColorScheme="light">
      <BackendProvider backend={backend}>
        <ClockProvider zone={facts.ZONE} now={facts.NOW}>
          <ParamsProvider params={params}>{page}</ParamsProvider>
        </ClockProvider>
      </BackendProvider>
    </MantineProvider>,
  );
  return backend;
}

function argsOf(backend: Simulated, name: string): unknown[] {
  return backend.calls.filter((call) => call.name === name).map((call) => call.args);
}

const settings = {
  language: "en",
  theme: "system",
  unit: "smh",
  timeZone: "local",
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
} as Answers["settings"];

describe("the empty page", () => {
  it("says that nothing is committed and that there is no node", async () => {
    show(<SmeshingPage />, { smeshing: empty });
    expect(await screen.findByRole("heading", { level: 1, name: "Lend the network some disk space, earn coins." })).toBeVisible();
    expect(screen.getByText("This version has no node yet.")).toBeVisible();
    expect(screen.getByRole("link", { name: "Set up" })).toHaveAttribute("href", "#/smeshing/setup");
    expect(screen.getByRole("link", { name: "I have space from another program" })).toHaveAttribute("href", "#/smeshing/existing");
  });
});

describe("setting up", () => {
  it("measures once on opening and shows what it finds as it comes", async () => {
    const backend = show(<SetupPage />, { smeshing: empty, settings, proposal: facts.measuring, measure: facts.measuring });
    expect(await screen.findByText("Measuring the GeForce RTX 3060")).toBeVisible();
    expect(argsOf(backend, "measure")).toEqual([{ folder: null, seconds: 20 }]);
    backend.answer({ proposal: facts.proposal });
    act(() => backend.emit({ kind: "measurement", proposal: facts.proposal }));
    expect(await screen.findByText("Measured on this computer, today 15:30.")).toBeVisible();
    expect(await screen.findByText("7 h 40 min")).toBeVisible();
    expect(screen.getByText("of a 12 h window · comfortable")).toBeVisible();
  });

  it("leaves a size alone that is being typed when the measurement proposes another one", async () => {
    const user = userEvent.setup();
    const backend = show(<SetupPage />, { smeshing: empty, settings, proposal: facts.measuring, measure: facts.measuring });
    const field = await screen.findByRole("textbox", { name: /Units of/ });
    await user.clear(field);
    const proposal = { ...facts.proposal, units: 7 };
    backend.answer({ proposal });
    act(() => backend.emit({ kind: "measurement", proposal }));
    expect(await screen.findByText("Measured on this computer, today 15:30.")).toBeVisible();
    await user.type(field, "5", { initialSelectionStart: 0 });
    expect(field).toHaveValue("5");
    await user.tab();
    expect(screen.getByRole("button", { name: "Commit 320 GiB" })).toBeVisible();
  });

  it("commits exactly what is on the screen", async () => {
    const user = userEvent.setup();
    const backend = show(<SetupPage />, { smeshing: empty, settings, start_filling: withIdentity(facts.space, [facts.fillTask]) });
    const slider = await screen.findByRole("slider", { name: "Size of the committed space" });
    slider.focus();
    await user.keyboard("{ArrowRight}");
    await user.click(screen.getByRole("checkbox", { name: /Processor, 16 cores/ }));
    await user.click(screen.getByRole("checkbox", { name: /GeForce RTX 3060/ }));
    await user.click(screen.getByRole("button", { name: "Commit 320 GiB" }));
    await waitFor(() => expect(argsOf(backend, "start_filling")).toHaveLength(1));
    expect(argsOf(backend, "start_filling")[0]).toMatchObject({
      folder: "/mnt/nvme/spacemesh",
      units: 5,
      identity: { kind: "new", name: null },
      coinbase: null,
      providers: [
        { id: "vulkan:0", gentle: false },
        { id: "cpu", gentle: false },
      ],
    });
    await waitFor(() => expect(window.location.hash).toBe(`#/smeshing/identities/${facts.identity.id}`));
  });

  it("never offers a device that cannot be used, and says why", async () => {
    show(<SetupPage />, { smeshing: empty, settings });
    const device = await screen.findByRole("checkbox", { name: /Radeon RX 580/ });
    expect(device).toBeDisabled();
    expect(screen.getByText(/cannot be used: The Vulkan driver is missing/)).toBeVisible();
  });

  it("cannot commit without a device", async () => {
    const user = userEvent.setup();
    show(<SetupPage />, { smeshing: empty, settings });
    await user.click(await screen.findByRole("checkbox", { name: /GeForce RTX 4090/ }));
    await user.click(screen.getByRole("checkbox", { name: /GeForce RTX 3060/ }));
    expect(screen.getByRole("button", { name: "Commit 256 GiB" })).toBeDisabled();
  });

  it("is blocked by a folder that cannot be written, and warns of a network drive", async () => {
    const folder = {
      ...facts.folder,
      problems: [
        { kind: "read_only", blocks: true, text: facts.said("Smapp may not write to this folder. Choose another one.") },
        { kind: "network_drive", blocks: false, text: facts.said("This is a network drive. A break during the proof costs an epoch.") },
      ],
    };
    show(<SetupPage />, { smeshing: empty, settings, proposal: { ...facts.proposal, folder } });
    expect(await screen.findByText("Smapp may not write to this folder.")).toBeVisible();
    expect(screen.getByText("This is a network drive.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Commit 256 GiB" })).toBeDisabled();
  });

  it("says how much room is missing where the smallest size does not fit", async () => {
    show(<SetupPage />, { smeshing: empty, settings, proposal: { ...facts.proposal, folder: { ...facts.folder, unitsThatFit: 1, freeBytes: "107374182400" } } });
    expect(await screen.findByText(/Not enough room here: 256 GiB are needed, and 100 GiB can be used/)).toBeVisible();
    expect(screen.queryByRole("slider")).toBeNull();
    expect(screen.getByRole("button", { name: "Commit 256 GiB" })).toBeDisabled();
  });

  it("keeps everything on the screen when committing fails", async () => {
    const user = userEvent.setup();
    show(<SetupPage />, {
      smeshing: empty,
      settings,
      start_filling: () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- what the program answers
        throw { code: "disk_full", message: "The drive is full.", cost: "Nothing was written.", remedy: "Free some space." };
      },
    });
    await user.click(await screen.findByRole("button", { name: "Commit 256 GiB" }));
    expect(await screen.findByText("The drive is full.")).toBeVisible();
    expect(screen.getByText("Free some space.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Commit 256 GiB" })).toBeEnabled();
  });
});

describe("filling", () => {
  it("moves with the task's changes without asking again", async () => {
    const backend = show(<IdentityPage />, { smeshing: withIdentity(facts.space, [facts.fillTask]) });
    const bar = await screen.findByRole("progressbar", { name: "Filling" });
    expect(bar).toHaveAttribute("aria-valuetext", "61.7 %");
    act(() => backend.emit({ kind: "task", task: { ...facts.fillTask, done: "12884901888", share: 0.75 } }));
    await waitFor(() => expect(bar).toHaveAttribute("aria-valuetext", "75.0 %"));
    expect(argsOf(backend, "smeshing")).toHaveLength(1);
  });

  it("pauses, and resumes from the paused page", async () => {
    const user = userEvent.setup();
    const paused = withIdentity(facts.space, [facts.pausedTask]);
    const backend = show(<IdentityPage />, { smeshing: withIdentity(facts.space, [facts.fillTask]), pause_filling: paused, resume_filling: paused });
    await user.click(await screen.findByRole("button", { name: "Pause" }));
    expect(argsOf(backend, "pause_filling")).toEqual([{ identity: facts.identity.id }]);
    backend.answer({ smeshing: paused });
    act(() => backend.emit({ kind: "smeshing" }));
    expect(await screen.findByRole("heading", { level: 1, name: "256 GiB, paused" })).toBeVisible();
    expect(screen.getByText(/Paused since/)).toHaveTextContent("Paused since today 14:02");
    await user.click(screen.getByRole("button", { name: "Resume" }));
    expect(argsOf(backend, "resume_filling")).toHaveLength(1);
  });

  it("adds and removes devices while it runs, and makes one gentle", async () => {
    const user = userEvent.setup();
    const view = withIdentity(facts.space, [facts.fillTask]);
    const backend = show(<IdentityPage />, { smeshing: view, set_devices: view });
    await user.click(await screen.findByRole("button", { name: "Add Processor, 16 cores" }));
    await user.click(screen.getByRole("button", { name: "Remove GeForce RTX 3060" }));
    await user.click(within(screen.getByRole("radiogroup", { name: "Load of GeForce RTX 4090" })).getByRole("radio", { name: "Gentle" }));
    const full = { id: "vulkan:0", gentle: false };
    const gentle = { id: "vulkan:1", gentle: true };
    expect(argsOf(backend, "set_devices")).toEqual([
      { identity: facts.identity.id, providers: [full, gentle, { id: "cpu", gentle: false }] },
      { identity: facts.identity.id, providers: [full] },
      { identity: facts.identity.id, providers: [{ ...full, gentle: true }, gentle] },
    ]);
  });

  it("tells a failure in three parts and what happened to a device", async () => {
    show(<IdentityPage />, { smeshing: withIdentity(facts.space, [facts.failedTask]) });
    expect(await screen.findByRole("heading", { level: 1, name: "Filling 256 GiB stopped" })).toBeVisible();
    expect(screen.getByText("The drive of /mnt/nvme/spacemesh is full. Filling stopped at 61.8 %.")).toBeVisible();
    expect(screen.getByText("What was filled is kept.")).toBeVisible();
    expect(screen.getByText("The RTX 4090 returned wrong labels 3 times. Nothing wrong was kept.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Resume" })).toBeEnabled();
  });
});

describe("filled space", () => {
  it("checks a sample or all of it", async () => {
    const user = userEvent.setup();
    const view = withIdentity(facts.filledSpace, []);
    const backend = show(<IdentityPage />, { smeshing: view, check_space: view });
    expect(await screen.findByRole("heading", { level: 1, name: "256 GiB are filled." })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Check a sample" }));
    await user.click(screen.getByRole("button", { name: "Check all" }));
    expect(argsOf(backend, "check_space")).toEqual([
      { identity: facts.identity.id, extent: "sample" },
      { identity: facts.identity.id, extent: "all" },
    ]);
  });

  it("lists damaged ranges and repairs them", async () => {
    const user = userEvent.setup();
    const view = withIdentity(facts.damagedSpace, []);
    const backend = show(<IdentityPage />, { smeshing: view, repair_space: view });
    const table = await screen.findByRole("table", { name: "2 damaged ranges" });
    expect(within(table).getAllByRole("row")).toHaveLength(3);
    expect(within(table).getByText("file missing")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Repair now" }));
    expect(argsOf(backend, "repair_space")).toEqual([{ identity: facts.identity.id }]);
  });

  it("is removed only with its name, and keeps the key unless asked", async () => {
    const user = userEvent.setup();
    const backend = show(<IdentityPage />, { smeshing: withIdentity(facts.filledSpace, []), space_removal: facts.removal, remove_space: empty });
    await user.click(await screen.findByRole("button", { name: "Remove" }));
    const dialog = await screen.findByRole("dialog", { name: "Remove the identity Nook and its data?" });
    expect(within(dialog).getByText("/mnt/nvme/spacemesh/postdata_0.bin … postdata_63.bin")).toBeInTheDocument();
    expect(within(dialog).getByText("holiday.zip in the same folder, not ours")).toBeInTheDocument();
    const remove = within(dialog).getByRole("button", { name: "Remove 256 GiB" });
    expect(remove).toBeDisabled();
    await user.type(within(dialog).getByRole("textbox", { name: "Type Nook to confirm" }), "Nook");
    await user.click(remove);
    await waitFor(() => expect(argsOf(backend, "remove_space")).toEqual([{ identity: facts.identity.id, typedName: "Nook", removeKey: false }]));
  });
});

describe("space from another program", () => {
  const data = {
    identity: facts.identity.id,
    keyHere: false,
    identityName: null,
    keyInFolder: true,
    commitmentAtx: facts.space.commitmentAtx,
    units: 4,
    labelsPerUnit: "4294967296",
    fitsNetwork: true,
    maxFileBytes: facts.space.maxFileBytes,
    doneBytes: facts.space.totalBytes,
    totalBytes: facts.space.totalBytes,
    complete: true,
    sentence: facts.said("This folder holds 256 GiB for identity 9ec22670…, complete."),
  };

  it("is looked at and used where it lies, with the key beside it", async () => {
    const user = userEvent.setup();
    const backend = show(<ExistingPage />, { inspect_folder: { ...facts.folder, data }, adopt_space: withIdentity(facts.filledSpace, []) });
    await user.type(screen.getByRole("textbox", { name: "Folder of the data" }), "/mnt/old/post");
    await user.click(screen.getByRole("button", { name: "Look" }));
    expect(await screen.findByText("This folder holds 256 GiB for identity 9ec22670…, complete.")).toBeVisible();
    expect(screen.getByText("Close the other program first.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Use it" }));
    await waitFor(() => expect(argsOf(backend, "adopt_space")).toEqual([{ folder: facts.folder.path, keyFile: null, coinbase: null }]));
  });

  it("asks for the key file where the key is not on this computer", async () => {
    const user = userEvent.setup();
    const folder = {
      ...facts.folder,
      data: { ...data, keyInFolder: false },
      problems: [{ kind: "key_missing", blocks: true, text: facts.said("The data belongs to a key that is not on this computer. Choose its key file or another folder.") }],
    };
    const backend = show(<ExistingPage />, { inspect_folder: folder, adopt_space: withIdentity(facts.filledSpace, []) });
    await user.type(screen.getByRole("textbox", { name: "Folder of the data" }), "/mnt/old/post");
    await user.click(screen.getByRole("button", { name: "Look" }));
    expect(await screen.findByText("The data belongs to a key that is not on this computer.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Use it" })).toBeDisabled();
    await user.type(screen.getByRole("textbox", { name: /Key file/ }), "/mnt/old/local.key");
    await user.click(screen.getByRole("button", { name: "Use it" }));
    await waitFor(() => expect(argsOf(backend, "adopt_space")).toEqual([{ folder: facts.folder.path, keyFile: { kind: "path", path: "/mnt/old/local.key" }, coinbase: null }]));
  });

  it("says when there is none", async () => {
    const user = userEvent.setup();
    show(<ExistingPage />, { inspect_folder: facts.folder });
    await user.type(screen.getByRole("textbox", { name: "Folder of the data" }), "/mnt");
    await user.click(screen.getByRole("button", { name: "Look" }));
    expect(await screen.findByText("There is no space in this folder: postdata_metadata.json is missing.")).toBeVisible();
  });
});

describe("moving", () => {
  it("asks where, and never offers a folder without room", async () => {
    const user = userEvent.setup();
    const backend = show(<MovePage />, {
      smeshing: withIdentity(facts.filledSpace, []),
      inspect_folder: (args) => ({ ...facts.folder, path: args.path, freeBytes: args.path === "/small" ? "1024" : facts.folder.freeBytes }),
      move_space: withIdentity(facts.filledSpace, [facts.moveTask]),
    });
    const field = await screen.findByRole("textbox", { name: "New folder" });
    await user.type(field, "/small");
    expect(await screen.findByText("/small has 1 KiB free, 256 GiB are needed.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Move 256 GiB" })).toBeDisabled();
    await user.clear(field);
    await user.type(field, "/large");
    await waitFor(() => expect(screen.getByRole("button", { name: "Move 256 GiB" })).toBeEnabled());
    await user.click(screen.getByRole("button", { name: "Move 256 GiB" }));
    expect(argsOf(backend, "move_space")).toEqual([{ identity: facts.identity.id, folder: "/large" }]);
  });

  it("frees the old folder only after its list was confirmed", async () => {
    const user = userEvent.setup();
    const moved: TaskView = { ...facts.moveTask, state: "finished", share: 1, done: facts.moveTask.total, endsAt: null, endedAt: facts.fillTask.startedAt };
    const backend = show(<MovePage />, {
      smeshing: withIdentity(facts.filledSpace, [moved]),
      old_space_removal: { ...facts.removal, typedName: null },
      free_old_space: withIdentity(facts.filledSpace, []),
    });
    await user.click(await screen.findByRole("button", { name: "Remove the old copy" }));
    const dialog = await screen.findByRole("dialog");
    expect(argsOf(backend, "free_old_space")).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Remove 256 GiB" }));
    await waitFor(() => expect(argsOf(backend, "free_old_space")).toEqual([{ identity: facts.identity.id }]));
  });
});

describe("proving speed", () => {
  it("says how long a proof takes and uses the chosen nonces and threads", async () => {
    const user = userEvent.setup();
    const backend = show(<SpeedPage />, { smeshing: withIdentity(facts.filledSpace, []), edit_identity: facts.identity });
    expect(await screen.findByText(/A proof takes about/)).toHaveTextContent("A proof takes about 9 min of the 12 h window.");
    expect(screen.getByRole("button", { name: "288 nonces, 8 threads are in use" })).toBeDisabled();
    await user.click(screen.getByRole("radio", { name: "128 nonces, 8 threads" }));
    await user.click(screen.getByRole("button", { name: "Use 128 nonces, 8 threads" }));
    expect(argsOf(backend, "edit_identity")).toEqual([{ identity: facts.identity.id, name: null, coinbase: null, nonces: 128, threads: 8 }]);
  });

  it("offers to measure where the figures are of another drive", async () => {
    const user = userEvent.setup();
    const space = { ...facts.filledSpace, folder: "/mnt/other" };
    const backend = show(<SpeedPage />, { smeshing: withIdentity(space, []) });
    await user.click(await screen.findByRole("button", { name: "Measure" }));
    expect(argsOf(backend, "measure")).toEqual([{ folder: "/mnt/other", seconds: 20 }]);
    expect(screen.queryByText(/A proof takes about/)).toBeNull();
  });
});
