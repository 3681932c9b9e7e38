/**
 * The browser of the tests, and what every page must keep: no error in its console, nothing refused by the content security policy, and no
 * request that leaves this computer.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where pictures go; ignored by git. */
const PICTURES = join(import.meta.dirname, "..", "..", "tests", "artifacts", "screens");

/** Starts the browser; `CHROMIUM` names another one. */
export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** A page in a fresh profile, with what went wrong on it. */
export interface Watched {
  context: BrowserContext;
  page: Page;
  /** Errors so far; `expectQuiet` fails on any. */
  faults: string[];
}

/** Opens a page in a fresh profile. `allowed` are console errors that the test provokes, such as a refused password. */
export async function watchedPage(browser: Browser, { width = 1280, height = 800, allowed = [] }: { width?: number; height?: number; allowed?: RegExp[] } = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width, height }, locale: "en-GB", timezoneId: "Europe/Berlin", reducedMotion: "reduce" });
  const page = await context.newPage();
  const faults: string[] = [];
  const fault = (text: string) => {
    if (!allowed.some((pattern) => pattern.test(text))) faults.push(text);
  };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") fault(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(`page error: ${error.message}`));
  page.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (!["data:", "blob:", "about:"].includes(protocol) && hostname !== "127.0.0.1" && hostname !== "localhost") fault(`request to ${request.url()}`);
  });
  await context.exposeBinding("reportViolation", (_source, text: string) => fault(`content security policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const report = (window as unknown as { reportViolation: (text: string) => void }).reportViolation;
      report(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return { context, page, faults };
}

/** Nothing went wrong on the page so far. */
export function expectQuiet({ faults }: Watched): void {
  expect(faults).toEqual([]);
}

/** The heading of the page, once it is there; a string must be the whole heading. */
export async function heading(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("heading", { level: 1, name, exact: typeof name === "string" }).waitFor();
}

/** No finding of axe that is serious or critical, in both themes where colours matter. */
export async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axe.source);
  const findings = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: typeof import("axe-core") };
    const result = await engine.run(document, { resultTypes: ["violations"] });
    return result.violations
      .filter((each) => each.impact === "serious" || each.impact === "critical")
      .map((each) => `${each.id}: ${each.nodes.map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).slice(0, 3).join(" | ")}`);
  });
  expect(findings, what).toEqual([]);
}

/** Nothing scrolls sideways, once the drawings have measured their width. */
export async function expectNoSideways(page: Page, what: string): Promise<void> {
  const beyond = () =>
    page.evaluate(() => {
      const main = document.querySelector("main") ?? document.documentElement;
      return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth, 0);
    });
  await expect.poll(beyond, { message: `${what}: pixels to scroll sideways`, timeout: 5_000 }).toBe(0);
}

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 720 } } as const;

/**
 * Pictures of the page as it is: light and dark, 1280 and 360 px wide, each with its whole scroll height; and the checks that need every look:
 * nothing scrolls sideways, nothing serious for axe.
 */
export async function pictures(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  const before = page.viewportSize();
  // Pictures are of a page that has its answers and its fonts.
  await page.waitForLoadState("networkidle");
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    const height = await page.evaluate(() => {
      const main = document.querySelector("main");
      const inside = main === null ? 0 : main.scrollHeight - main.clientHeight;
      return Math.max(document.documentElement.scrollHeight, window.innerHeight + Math.max(0, inside));
    });
    await page.setViewportSize({ width: viewport.width, height: Math.min(Math.max(viewport.height, height), 8000) });
    await expectNoSideways(page, `${name} at ${viewport.width} px`);
    for (const theme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.screenshot({ animations: "disabled", path: join(PICTURES, `${name}-${size}-${theme}.png`) });
      await expectAccessible(page, `${name}, ${size}, ${theme}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  if (before !== null) await page.setViewportSize(before);
}
