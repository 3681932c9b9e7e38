// Smapp in its real window: the main flow of a person, and what closing, starting twice, leaving and crashing do.
//
// Needs a display (`DISPLAY`, usually Xvfb) and a session bus of its own; `cargo xtask test window` provides both.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { promisify } from "node:util";

import * as tray from "./tray.mjs";
import { Window, artifacts, binary, homeIn, memoryOf, startOf, until } from "./webdriver.mjs";

const PASSWORD = "correct horse battery staple";
const MINUTES = 60_000;

/** One home for the whole story: each test goes on where the one before ended, as a person does. */
const folder = mkdtempSync(join(tmpdir(), "smapp-window-"));
const home = homeIn(folder);
let smapp;
let words;

before(async () => {
  smapp = await Window.open(home, "smapp");
}, { timeout: 2 * MINUTES });

after(async () => {
  await smapp?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** The filling of the identity named "large", as the app tells it. */
async function filling() {
  const { ok } = await smapp.call("smeshing");
  const large = ok.identities.find(({ name }) => name === "large");
  return ok.tasks.find(({ kind, identity }) => kind === "fill" && identity === large?.id);
}

async function identities() {
  return (await smapp.call("smeshing")).ok.identities;
}

test("the window opens on the welcome page, in its first size, and nothing in it is blocked", { timeout: 2 * MINUTES }, async () => {
  await smapp.find("heading", /How do you want to start/);
  const place = await smapp.display.place(await smapp.shown());
  assert.deepEqual([place.width, place.height], [1280, 800]);
  await smapp.picture("welcome");
});

test("the page can reach nothing but the one command and the one event", { timeout: MINUTES }, async () => {
  const refused = await smapp.run(
    (commands) =>
      Promise.all(
        commands.map(([name, args]) =>
          window.__TAURI_INTERNALS__.invoke(name, args).then(
            () => `${name} answered`,
            () => undefined,
          ),
        ),
      ).then((results) => results.filter((result) => result !== undefined)),
    [
      ["plugin:dialog|open", { options: {} }],
      ["plugin:event|emit", { event: "change", payload: {} }],
      ["plugin:notification|notify", { options: { title: "x" } }],
      ["plugin:autostart|enable", {}],
      ["plugin:fs|read_text_file", { path: "/etc/passwd" }],
      ["plugin:window|close", { label: "main" }],
      ["plugin:webview|create_webview_window", { options: { label: "other", url: "/" } }],
      ["plugin:path|resolve_directory", { directory: 1 }],
    ],
  );
  assert.deepEqual(refused, []);
  const outside = await smapp.run(async () => {
    const fetched = await fetch("http://127.0.0.1:9/").then(
      () => "fetched",
      () => "blocked",
    );
    const opened = window.open("https://example.org/") === null ? "blocked" : "opened";
    window.location.href = "https://example.org/";
    await new Promise((resolve) => setTimeout(resolve, 300));
    let evaluated = "blocked";
    try {
      evaluated = (0, eval)("'evaluated'");
    } catch {
      // The content security policy.
    }
    return { fetched, opened, evaluated, at: window.location.origin };
  });
  assert.deepEqual(outside, { fetched: "blocked", opened: "blocked", evaluated: "blocked", at: "tauri://localhost" });
});

test("a person makes a wallet on a test network, confirms the words and sees the address", { timeout: 4 * MINUTES }, async () => {
  await smapp.press("combobox", "Network");
  await smapp.press("option", /testnet/i);
  await until("the test network", async () => (await smapp.call("app_state")).ok.network === "testnet");
  await smapp.press("link", /Create a new wallet/);
  await smapp.fill(/^Password/, PASSWORD);
  await smapp.fill(/again|repeat/i, PASSWORD);
  await smapp.picture("create-password");
  await smapp.press("button", "Create the wallet");
  await smapp.press("button", "Show the words");
  words = await until("24 words", async () => {
    const list = await smapp.look("list", "The words in order");
    const shown = list && (await smapp.run((ol) => [...ol.children].map((li) => li.lastElementChild.textContent.trim()), list));
    return shown?.length === 24 && shown.every((word) => /^[a-z]+$/.test(word)) && shown;
  });
  // No picture of the words: artefacts hold no secret, not even a test's.
  await smapp.press("button", "I have written them down");
  await smapp.find("heading", /Which words are these/);
  const { positions } = (await smapp.call("words_quiz")).ok;
  assert.equal(positions.length, 4);
  for (const position of positions) await smapp.fill(`Word ${position}`, words[position - 1]);
  await smapp.press("button", "Check");
  await smapp.find("heading", /The wallet is ready/);
  const address = (await smapp.call("accounts")).ok.accounts[0].address.plain;
  assert.match(address, /^stest1q[0-9a-z]+$/);
  await until("the address on the page", async () => (await smapp.text()).replace(/\s+/g, "").includes(address));
  await smapp.picture("wallet-ready");
  await smapp.press("button", "Open the wallet");
  await until("the wallet", async () => (await smapp.run(() => location.hash)).startsWith("#/wallet"));
  await smapp.picture("wallet");
});

test("two small units are set up, filled and checked", { timeout: 8 * MINUTES }, async () => {
  await smapp.press("link", /^Smeshing/);
  await smapp.press("link", "Set up");
  const field = /Units of/;
  await smapp.field(field);
  await smapp.fill(field, "2");
  // Measuring takes 20 s on a quiet computer; nobody has to wait for it.
  await until("the measuring to end", async () => !(await smapp.call("proposal")).ok.measuring, MINUTES).catch(() => undefined);
  await smapp.picture("smeshing-setup");
  await smapp.press("button", /^Commit /);
  await until("the filled space", async () => (await identities()).some(({ space }) => space?.complete), 4 * MINUTES);
  await smapp.says("are filled");
  await smapp.picture("smeshing-filled");
  const [identity] = await identities();
  assert.equal(identity.space.units, 2);
  assert.equal(identity.space.doneBytes, identity.space.totalBytes);
  await smapp.press("button", "Check all");
  await until("the check", async () => (await identities())[0].space.lastCheck, 4 * MINUTES);
  const [checked] = await identities();
  assert.equal(checked.space.lastCheck.bad, 0);
  assert.deepEqual(checked.space.badRanges, []);
  await smapp.says(checked.space.lastCheck.sentence);
  await smapp.picture("smeshing-checked");
  const files = readdirSync(identity.space.folder).filter((name) => /^postdata_\d+\.bin$/.test(name));
  const bytes = files.reduce((sum, name) => sum + statSync(join(identity.space.folder, name)).size, 0);
  assert.equal(String(bytes), identity.space.totalBytes);
});

test("a second start shows the first window and ends", { timeout: 2 * MINUTES }, async () => {
  const first = await smapp.shown();
  await promisify(execFile)(binary, [], { env: home, timeout: MINUTES });
  assert.ok(smapp.isRunning());
  await until("the window", () => smapp.isShown());
  await until("the focus", async () => (await smapp.run(() => document.hasFocus())) === true);
  assert.equal(await smapp.shown(), first, "it is the same window");
});

test("a locked screen locks the wallet", { timeout: 2 * MINUTES }, async () => {
  assert.equal((await smapp.call("session")).ok.state, "unlocked");
  await screenSaver();
  await until("the lock", async () => (await smapp.call("session")).ok.state === "locked");
  assert.equal((await smapp.call("session")).ok.reason, "sleep");
  await smapp.press("link", /^Wallet/);
  await smapp.find("heading", "Unlock your wallet");
  await smapp.picture("unlock");
  await smapp.fill(/^Password/, `${PASSWORD} not`);
  await smapp.press("button", "Unlock");
  await smapp.says("Wrong password");
  await smapp.fill(/^Password/, PASSWORD);
  await smapp.press("button", "Unlock");
  await until("the open wallet", async () => (await smapp.call("session")).ok.state === "unlocked");
});

test("closing the window while space is filled asks, and going on in the background keeps it in the tray", { timeout: 6 * MINUTES }, async () => {
  await startLongFilling();
  await smapp.closeButton();
  await smapp.find("dialog", /./);
  await smapp.picture("close");
  await smapp.press("button", "Cancel");
  assert.ok(await smapp.isShown());
  await smapp.closeButton();
  await smapp.find("dialog", /./);
  const { choices } = (await smapp.call("close_question")).ok;
  assert.equal(choices[0].id, "tray");
  await smapp.pressAway("button", choices[0].label.text);
  await until("the window to go", async () => !(await smapp.isShown()));
  assert.ok(smapp.isRunning());
  const before = BigInt((await filling()).done);
  await until("the filling to go on", async () => BigInt((await filling()).done) > before);
});

test("the tray says how things stand, pauses and resumes, locks, and opens the window", { timeout: 4 * MINUTES }, async () => {
  assert.ok(!(await smapp.isShown()));
  const labels = async () => (await tray.menu(smapp.pid)).entries.map(({ label }) => label);
  const { sentence } = (await smapp.call("smeshing")).ok;
  await until("the state in the tray", async () => (await labels())[0].slice(0, 7) === sentence.text.slice(0, 7));
  await tray.choose(smapp.pid, "Pause filling");
  await until("the pause", async () => (await filling()).state === "paused");
  await until("the offer to resume", async () => (await labels()).includes("Resume filling"));
  await tray.choose(smapp.pid, "Resume filling");
  await until("the filling", async () => (await filling()).state === "running");
  await tray.choose(smapp.pid, "Lock wallet");
  await until("the lock", async () => (await smapp.call("session")).ok.state === "locked");
  await tray.choose(smapp.pid, "Open Smapp");
  await until("the window to come back", () => smapp.isShown());
});

test("killed in the middle of filling, it goes on where it was", { timeout: 6 * MINUTES }, async () => {
  await until("some labels", async () => BigInt((await filling()).done) > 0n);
  const before = await filling();
  assert.equal(before.state, "running");
  await smapp.kill();
  smapp = await Window.open(home, "smapp-again");
  await until("the filling to go on by itself", async () => (await filling())?.state === "running");
  assert.equal((await filling()).identity, before.identity);
  // Labels are counted once they are flushed: what is told again was on the disk when the program was killed.
  await until("more than before", async () => BigInt((await filling()).done) > BigInt(before.done), 3 * MINUTES);
  assert.equal((await smapp.call("session")).ok.state, "locked", "smeshing needs no wallet");
  await smapp.picture("resumed");
});

test("paused, nothing is left to run, so closing the window ends the program in order", { timeout: 3 * MINUTES }, async () => {
  await smapp.call("pause_filling", { identity: (await filling()).identity });
  await until("the pause", async () => (await filling()).state === "paused");
  const expected = (await smapp.call("close_question")).ok.action;
  assert.equal(expected, "quit");
  await smapp.closeButton();
  await until("the end of the program", () => !smapp.isRunning());
  await smapp.kill();
});

test("the window opens where it was, and the time to the first paint and the idle memory are measured", { timeout: 3 * MINUTES }, async () => {
  // A second start would only show the first window.
  await smapp.kill();
  const measured = [];
  for (let round = 0; round < 3; round += 1) {
    const fresh = await Window.open(home, `start-${round}`);
    const paint = await until("the first paint", () =>
      fresh.run(() => performance.timeOrigin + performance.getEntriesByName("first-contentful-paint")[0]?.startTime || undefined),
    );
    const place = await fresh.display.place(await fresh.shown());
    assert.deepEqual([place.width, place.height], [1280, 800]);
    measured.push({ firstPaintMs: Math.round(paint - startOf(fresh.pid)), idleBytes: await settled(() => memoryOf(fresh.pid)) });
    await fresh.terminate();
  }
  const middle = (of) => measured.map(of).sort((a, b) => a - b)[1];
  const result = { firstPaintMs: middle((each) => each.firstPaintMs), idleBytes: middle((each) => each.idleBytes) };
  writeFileSync(join(artifacts, "measured.json"), `${JSON.stringify(result)}\n`);
  console.log(JSON.stringify({ window: result }));
});

test("no log and no file of the window holds a word, and all are private", { timeout: MINUTES }, () => {
  const phrase = words.join(" ");
  const pair = new RegExp(words.slice(0, -1).map((word, i) => `${word}\\W{1,4}${words[i + 1]}`).join("|"));
  for (const path of [...filesBelow(folder), ...readdirSync(artifacts).filter((name) => name.endsWith(".log")).map((name) => join(artifacts, name))]) {
    const text = readFileSync(path, "latin1");
    assert.ok(!text.includes(phrase) && !pair.test(text), `${path} holds words`);
    assert.ok(!text.includes(PASSWORD), `${path} holds the password`);
  }
  const log = filesBelow(folder).find((path) => path.endsWith("smapp.log"));
  assert.equal(statSync(log).mode & 0o077, 0, "others can read the log");
});

/** Starts filling so much that the tests after it find it running: a quarter of an hour, where they need two minutes. */
async function startLongFilling() {
  const { ok: smeshing } = await smapp.call("smeshing");
  const { ok: proposal } = await smapp.call("proposal");
  const labels = 900 * Math.max(1000, proposal.fillRate ?? 1000);
  const units = Math.min(smeshing.maxUnits, Math.max(smeshing.minUnits, Math.ceil((labels * 16) / Number(smeshing.unitBytes))));
  const started = await smapp.call("start_filling", {
    folder: join(folder, "large"),
    units,
    identity: { kind: "new", name: "large" },
    providers: proposal.providers.filter(({ usable, proposed }) => usable && proposed).map(({ id }) => ({ id, gentle: false })),
  });
  assert.equal(started.error, undefined);
  await until("the filling", async () => (await filling())?.state === "running");
}

/** What a desktop says when its screen is locked. */
async function screenSaver() {
  const signal = spawn("dbus-send", ["--session", "--type=signal", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.ActiveChanged", "boolean:true"]);
  const code = await new Promise((resolve) => signal.once("exit", resolve));
  assert.equal(code, 0);
}

/** A value that has stopped moving by more than one in a hundred. */
async function settled(probe) {
  let last = probe();
  return until("the memory to settle", async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = probe();
    const still = Math.abs(now - last) <= last / 100;
    last = now;
    return still ? now : undefined;
  });
}

function filesBelow(at) {
  return readdirSync(at, { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    // Data files hold labels, which are not text.
    return entry.isFile() && !/\.bin$/.test(entry.name) ? [path] : [];
  });
}
