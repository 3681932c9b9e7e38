// Smapp in its real window, driven over WebDriver by WebKit's own driver. Elements are found as a person finds them: by role and name.

import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync, readdirSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { X11 } from "./x11.mjs";

const here = dirname(fileURLToPath(import.meta.url));
export const root = dirname(dirname(here));
export const artifacts = join(root, "tests", "artifacts", "window");
mkdirSync(artifacts, { recursive: true });

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
const BACKSPACE = "\uE003";
/** So much longer may a value become between looking at a field and typing into it. */
const ROOM = 12;
/** How long something on the screen may take on a busy computer, milliseconds. */
const PATIENCE = 30_000;
/** How long the driver may take for one answer, milliseconds: longer than any script may run. */
const ANSWER = 90_000;

/** The program under test. */
export const binary = realpathSync(process.env.SMAPP_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(root, "target"), "debug", "smapp"));

// Queries by role and accessible name, run inside the page. It is the library of the UI's own tests.
const uiRequire = createRequire(join(root, "ui", "package.json"));
const queries = readFileSync(join(dirname(uiRequire.resolve("@testing-library/dom/package.json")), "dist", "@testing-library", "dom.umd.js"), "utf8");

/** Waits until `probe` gives something, and says what was waited for when it does not. */
export async function until(what, probe, patience = PATIENCE) {
  const end = Date.now() + patience;
  let last;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== null && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${patience / 1000} s for ${what}${last ? `; last error: ${last.message}` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A folder that holds all of a person's files, and the environment that keeps a program inside it. */
export function homeIn(folder) {
  for (const name of ["data", "config", "cache", "run"]) mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  return {
    ...process.env,
    HOME: folder,
    XDG_DATA_HOME: join(folder, "data"),
    XDG_CONFIG_HOME: join(folder, "config"),
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_RUNTIME_DIR: join(folder, "run"),
    TAURI_WEBVIEW_AUTOMATION: "true",
    WEBKIT_DISABLE_DMABUF_RENDERER: "1",
    LIBGL_ALWAYS_SOFTWARE: "1",
    SMAPP_LOG: process.env.SMAPP_LOG ?? "info",
    NO_AT_BRIDGE: "1",
    LANG: "C.UTF-8",
  };
}

/** A running window. */
export class Window {
  #base;
  #driver;
  #session;
  pid;
  /** The display it is on. */
  display;

  /** Starts Smapp with the files of `env` and connects to its page. `log` names its log among the artefacts. */
  static async open(env, log, args = []) {
    const window = new Window();
    const port = await freePort();
    window.#base = `http://127.0.0.1:${port}`;
    window.#driver = spawn("WebKitWebDriver", [`--port=${port}`], { env, stdio: ["ignore", "pipe", "pipe"] });
    const file = createWriteStream(join(artifacts, `${log}.log`));
    window.#driver.stdout.pipe(file, { end: false });
    window.#driver.stderr.pipe(file, { end: false });
    await until("the driver", async () => (await fetch(`${window.#base}/status`)).ok);
    const answer = await window.#post("/session", {
      capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args }, timeouts: { script: 60_000, pageLoad: 60_000, implicit: 0 } } },
    });
    window.#session = answer.sessionId;
    window.pid = childOf(window.#driver.pid);
    window.display = await X11.open();
    return window;
  }

  async #request(method, path, body) {
    const response = await fetch(`${this.#base}${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER),
    });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value?.error ?? response.status}: ${value?.message ?? path}`);
    return value;
  }

  #post(path, body) {
    return this.#request("POST", path, body);
  }

  #at(path) {
    return `/session/${this.#session}${path}`;
  }

  /** Runs a function in the page; arguments and result are JSON or elements. */
  run(fn, ...args) {
    return this.#post(this.#at("/execute/sync"), { script: `return (${fn}).apply(null, arguments)`, args });
  }

  /** The one command of the page, called as the page does; rejections become `{ error }`. */
  call(name, args = {}) {
    const script = `const done = arguments[arguments.length - 1];
      window.__TAURI_INTERNALS__.invoke("call", { name: arguments[0], args: arguments[1] }).then((ok) => done({ ok }), (error) => done({ error }));`;
    return this.#post(this.#at("/execute/async"), { script, args: [name, args] });
  }

  /** The only visible element with this role and name (text or /pattern/), as soon as it is there. */
  find(role, name, patience = PATIENCE) {
    return until(`the ${role} ${name}`, () => this.look(role, name), patience);
  }

  /** The same if it is there now; `undefined` otherwise. */
  async look(role, name) {
    await this.#provideQueries();
    const matcher = name instanceof RegExp ? { source: name.source, flags: name.flags } : name;
    const found = await this.run(
      (role, matcher) => {
        const name = typeof matcher === "object" && matcher !== null ? new RegExp(matcher.source, matcher.flags) : (matcher ?? undefined);
        return window.TestingLibraryDom.queryAllByRole(document.body, role, { name });
      },
      role,
      matcher ?? null,
    );
    return found[0];
  }

  /** The field with this label. */
  async field(label, patience = PATIENCE) {
    return until(
      `the field ${label}`,
      async () => {
        await this.#provideQueries();
        const matcher = label instanceof RegExp ? { source: label.source, flags: label.flags } : label;
        const found = await this.run(
          (matcher) => {
            const label = typeof matcher === "object" ? new RegExp(matcher.source, matcher.flags) : matcher;
            return window.TestingLibraryDom.queryAllByLabelText(document.body, label, { selector: "input, textarea, select" });
          },
          matcher,
        );
        return found[0];
      },
      patience,
    );
  }

  /** Everything a person can read. */
  text() {
    return this.run(() => document.body.innerText);
  }

  /** Waits until the page says something. */
  says(what, patience = PATIENCE) {
    return until(`the text ${what}`, async () => {
      const text = await this.text();
      return what instanceof RegExp ? what.test(text) : text.includes(what);
    }, patience);
  }

  click(element) {
    return this.#post(this.#at(`/element/${element[ELEMENT]}/click`), {});
  }

  async press(role, name, patience = PATIENCE) {
    await until(
      `a click on the ${role} ${name}`,
      async () => {
        const element = await this.look(role, name);
        if (element === undefined) return false;
        await this.click(element);
        return true;
      },
      patience,
    );
  }

  /** Presses what hides the window. The driver answers a click once the page has drawn again, which a hidden page never does. */
  async pressAway(role, name) {
    const element = await this.find(role, name);
    await this.run((element) => void setTimeout(() => element.click()), element);
  }

  type(element, text) {
    return this.#post(this.#at(`/element/${element[ELEMENT]}/value`), { text });
  }

  /** Types over what a field holds, with the backspace key as a person may: a field that is left empty can fill itself again. */
  async fill(label, text) {
    const element = await this.field(label);
    const length = await this.run((field) => field.value.length, element);
    await this.type(element, BACKSPACE.repeat(length + ROOM) + text);
  }

  /** A picture of the window as the screen shows it, among the artefacts. */
  async picture(name) {
    const window = await this.shown();
    writeFileSync(join(artifacts, `${name}.png`), await this.display.picture(window));
  }

  /** The window's id on the display, while it is shown. */
  async shown() {
    const window = await this.#onDisplay();
    if (window === undefined) throw new Error("the window is not shown");
    return window;
  }

  /** Whether the window is on the screen. */
  async isShown() {
    return (await this.#onDisplay()) !== undefined;
  }

  async #onDisplay() {
    return (await this.display.windows("smapp")).find(({ visible }) => visible)?.id;
  }

  /** Clicks the close button of the window's frame. */
  async closeButton() {
    await this.display.closeButton(await this.shown());
  }

  /** Ends the program as a crash would, nothing is told to it; and its driver, which outlives a program that ended by itself. */
  async kill() {
    const { pid } = this;
    if (isAlive(pid)) process.kill(pid, "SIGKILL");
    await until("the end of the program", () => !isAlive(pid));
    await this.#endDriver();
  }

  /** Asks the program to end, as the system does when it shuts down. */
  async terminate() {
    const { pid } = this;
    if (isAlive(pid)) process.kill(pid, "SIGTERM");
    await until("the end of the program", () => !isAlive(pid));
    await this.#endDriver();
  }

  /** Whether the program still runs. */
  isRunning() {
    return isAlive(this.pid);
  }

  async #endDriver() {
    this.display.close();
    if (this.#driver.exitCode !== null || this.#driver.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#driver.once("exit", resolve));
    this.#driver.kill("SIGKILL");
    await ended;
  }

  async #provideQueries() {
    const there = await this.run(() => "TestingLibraryDom" in window);
    if (!there) await this.#post(this.#at("/execute/sync"), { script: `(function () { ${queries}\n}).call(window);`, args: [] });
  }
}

/** A process that is not a zombie: its parent may be slow to ask for its end. */
export function isAlive(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Ids of a process's descendants, from /proc. */
export function descendants(pid) {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))[1]));
    } catch {
      // It ended while we looked.
    }
  }
  const found = [pid];
  for (const id of found) for (const [child, parent] of parents) if (parent === id && !found.includes(child)) found.push(child);
  return found.slice(1);
}

function childOf(driver) {
  const own = descendants(driver).find((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === binary;
    } catch {
      return false;
    }
  });
  if (own === undefined) throw new Error("the driver started no Smapp");
  return own;
}

/** Memory that would be free without the program and its helpers: the sum of proportional set sizes, bytes. */
export function memoryOf(pid) {
  const parts = [pid, ...descendants(pid)].map((id) => {
    try {
      return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]);
    } catch {
      return 0;
    }
  });
  return parts.reduce((sum, part) => sum + part, 0);
}

/** When a process was started, milliseconds since 1970, to 10 ms. */
export function startOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  return Date.now() - uptime * 1000 + ticks * 10;
}
