// The tray as a desktop sees it: the menu that Smapp exports on the session bus. `gdbus` (part of GLib, which GTK needs) speaks for us.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);
const MENU = "/org/ayatana/NotificationItem/tray_icon_tray_app_smapp/Menu";

async function call(destination, path, method, ...args) {
  const { stdout } = await run("gdbus", ["call", "--session", "--timeout", "10", "--dest", destination, "--object-path", path, "--method", method, "--", ...args]);
  return stdout;
}

const bus = (method, ...args) => call("org.freedesktop.DBus", "/org/freedesktop/DBus", `org.freedesktop.DBus.${method}`, ...args);

/** The bus names of menus that were found, by process. */
const found = new Map();

/** The bus name of the process's connection that exports the menu. Its other connections do not answer, so all are asked at once. */
async function exporter(pid) {
  if (!found.has(pid)) {
    const names = (await bus("ListNames")).match(/:\d+\.\d+/g) ?? [];
    const asked = names.map(async (name) => {
      const owner = await bus("GetConnectionUnixProcessID", name);
      if (Number(/uint32 (\d+)/.exec(owner)?.[1]) !== pid) throw new Error("another program");
      await layout(name);
      return name;
    });
    found.set(pid, await Promise.any(asked));
  }
  return found.get(pid);
}

const layout = (name) => call(name, MENU, "com.canonical.dbusmenu.GetLayout", "0", "-1", "@as []");

/** The entries of the tray's menu: `{ id, label, enabled }`. */
export async function menu(pid) {
  const name = await exporter(pid);
  const entries = [...(await layout(name)).matchAll(/<\((\d+), \{([^}]*)\}/g)].map(([, id, properties]) => ({
    id: Number(id),
    label: /'label': <["'](.*?)["']>/.exec(properties)?.[1],
    enabled: !/'enabled': <false>/.test(properties),
  }));
  return { name, entries: entries.filter(({ label }) => label !== undefined) };
}

/** Clicks an entry of the tray's menu. */
export async function choose(pid, label) {
  const { name, entries } = await menu(pid);
  const entry = entries.find((each) => each.label === label);
  if (entry === undefined || !entry.enabled) throw new Error(`the tray offers ${entries.map((each) => each.label).join(", ")}, not ${label}`);
  await call(name, MENU, "com.canonical.dbusmenu.Event", String(entry.id), "clicked", "<''>", "0");
}
