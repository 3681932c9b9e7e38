/**
 * Secrets are on the two screens that show or take them, and nowhere else: not in the page after leaving, not in its storage, not in its heap,
 * not in what the program logs, not readable for others in its files.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectQuiet, heading, launch, watchedPage, type Watched } from "./browser";
import { createWallet, nameAndPassword, openOnTestnet, readWords, unlock } from "./flows";
import { startProgram, type Program } from "./program";

const PASSWORD = "correct-horse-9b1f-staple";

let browser: Browser;
let program: Program;
let watched: Watched;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
});

beforeEach(async () => {
  program = await startProgram();
  watched = await watchedPage(browser);
});

afterEach(async () => {
  expectQuiet(watched);
  await watched.context.close();
  await program.stop();
});

describe("secrets", () => {
  it("are found by the search of these tests while they are on the screen", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    await page.getByRole("link", { name: /Create a new wallet/ }).click();
    await nameAndPassword(page, "Main wallet", PASSWORD, "Create the wallet");
    await page.getByRole("button", { name: "Show the words" }).click();
    const words = await readWords(page);
    expect(await inHeap(page, words, PASSWORD)).toContain("24 of 24 words as strings");
  });

  it("are gone from the page after the words were confirmed", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    const { words } = await createWallet(page, "Main wallet", PASSWORD);
    await page.getByRole("button", { name: "Open the wallet" }).click();
    await heading(page, "Wallet");
    await expectForgotten(page, words, PASSWORD);
    expectNotLogged(words);
    expectFilesPrivate(words);
  });

  it("are gone from the page after the words were shown again, by the button and by leaving", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    await createWallet(page, "Main wallet", PASSWORD);
    await page.goto(`${new URL(page.url()).origin}/#/settings/wallet`);
    await page.getByRole("button", { name: "Show …", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await dialog.getByRole("button", { name: "Show the words" }).click();
    const words = await readWords(page);
    await page.getByRole("button", { name: "Hide" }).click();
    await page.keyboard.press("Escape");
    await expectForgotten(page, words, PASSWORD);
    expectNotLogged(words);
  });

  it("are gone from the page when the wallet locks", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    const { words, address } = await createWallet(page, "Main wallet", PASSWORD);
    await page.getByRole("button", { name: "Open the wallet" }).click();
    await heading(page, "Wallet");
    await page.keyboard.press("Control+l");
    await unlock(page, PASSWORD);
    await heading(page, "Wallet");
    await page.keyboard.press("Control+l");
    await heading(page, "Unlock your wallet");
    expect(await page.content()).not.toContain(address);
    await expectForgotten(page, words, PASSWORD);
  });
});

/** Five words in their order are a secret; single words are words of English. */
function phrases(words: readonly string[]): string[] {
  return [" ", ",", "\n", '","'].map((separator) => words.slice(3, 8).join(separator));
}

async function expectForgotten(page: Page, words: readonly string[], password: string): Promise<void> {
  const secrets = [...phrases(words), password];
  const html = await page.content();
  const values = await page.getByRole("textbox").evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value).join("\n"));
  const storage = await page.evaluate(async () => {
    const databases = typeof indexedDB.databases === "function" ? await indexedDB.databases() : [];
    const caches = "caches" in window ? await window.caches.keys() : [];
    return JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, databases, caches, history.state]);
  });
  for (const secret of secrets) {
    for (const [place, text] of [["document", html], ["fields", values], ["storage", storage], ["address", page.url()]] as const) {
      expect(text.includes(secret), `${place} holds a secret`).toBe(false);
    }
  }
  // The engine collects what nobody holds in its own time; what somebody holds stays, however long this waits.
  await expect.poll(() => inHeap(page, words, password), { timeout: 30_000, interval: 1000 }).toEqual([]);
}

/**
 * What of the secrets is reachable in the page's heap after a collection. The words live as separate strings; many are English, so an array
 * with five of them in order, or one string that holds them, counts.
 */
async function inHeap(page: Page, words: readonly string[], password: string): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  // What the console or the last evaluation kept is let go first.
  await session.send("Runtime.enable");
  await session.send("Runtime.discardConsoleEntries");
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const strings = await heapStrings(session);
  await session.detach();
  const found: string[] = [];
  const whole = phrases(words);
  if (strings.some((text) => whole.some((phrase) => text.includes(phrase)))) found.push("the words in one string");
  if (strings.some((text) => text.includes(password))) found.push("the password");
  // 24 words chosen at random: the page itself uses a few of them in its sentences, never most of them as strings of their own.
  const alone = new Set(strings);
  const kept = words.filter((word) => alone.has(word));
  if (kept.length > words.length / 2) found.push(`${kept.length} of ${words.length} words as strings`);
  return found;
}

interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
  strings: string[];
}

/** The strings that live as values in the heap; names of properties and code are left out where the snapshot tells them apart. */
async function heapStrings(session: CDPSession): Promise<string[]> {
  let text = "";
  const hear = ({ chunk }: { chunk: string }) => {
    text += chunk;
  };
  session.on("HeapProfiler.addHeapSnapshotChunk", hear);
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  session.off("HeapProfiler.addHeapSnapshotChunk", hear);
  const { snapshot, nodes, strings } = JSON.parse(text) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const width = fields.length;
  const typeAt = fields.indexOf("type");
  const nameAt = fields.indexOf("name");
  const kinds = types[0];
  const found: string[] = [];
  for (let at = 0; at < nodes.length; at += width) {
    const kind = kinds[nodes[at + typeAt] ?? -1];
    if (kind === "string" || kind === "concatenated string" || kind === "sliced string") {
      found.push(strings[nodes[at + nameAt] ?? -1] ?? "");
    }
  }
  return found;
}

function expectNotLogged(words: readonly string[]): void {
  const log = program.log();
  for (const secret of [...phrases(words), PASSWORD]) expect(log.includes(secret)).toBe(false);
}

/** Every file of the data folder: private to its owner, and without the secrets in the clear. */
function expectFilesPrivate(words: readonly string[]): void {
  for (const entry of readdirSync(program.dataFolder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path, "latin1");
    for (const secret of [...phrases(words), PASSWORD]) expect(content.includes(secret), path).toBe(false);
    if (process.platform !== "win32" && /wallets|keys|identities/.test(path)) expect(statSync(path).mode & 0o077, path).toBe(0);
  }
}
