/** Every component in all its states, and the smeshing screens that a short test on real data cannot reach. Needs no program. */
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, expectNoSideways, expectQuiet, heading, launch, pictures, watchedPage } from "./browser";

let browser: Browser;
let server: ViteDevServer;
let base: string;

beforeAll(async () => {
  const root = join(import.meta.dirname, "..");
  server = await createServer({ root, configFile: join(root, "vite.config.ts"), server: { port: 0, strictPort: false, host: "127.0.0.1" }, logLevel: "error" });
  await server.listen();
  base = `${server.resolvedUrls?.local[0] ?? ""}gallery.html`;
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

const screens = [
  "empty",
  "setup",
  "setup-measuring",
  "setup-problems",
  "setup-existing",
  "setup-full",
  "filling",
  "filling-paused",
  "filling-failed",
  "overview",
  "overview-failed",
  "health-sound",
  "health-checking",
  "health-damaged",
] as const;

// The development server speaks of itself in the console.
const allowed = [/vite/i, /React DevTools/];

describe("the gallery", () => {
  it("shows all components at every width without scrolling sideways", async () => {
    const watched = await watchedPage(browser, { allowed });
    const { page, context } = watched;
    await page.goto(`${base}#/gallery`);
    await heading(page, "Components and states");
    await pictures(page, "components");
    for (const width of [390, 768, 1920, 3840]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoSideways(page, `components at ${width} px`);
    }
    expectQuiet(watched);
    await context.close();
  });

  it("fits with texts that are 40 % longer", async () => {
    const watched = await watchedPage(browser, { allowed });
    const { page, context } = watched;
    for (const screen of ["", ...screens]) {
      await page.goto(`${base}?language=pseudo#/gallery${screen === "" ? "" : `?screen=${screen}`}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoSideways(page, `${screen} at ${width} px`);
      }
    }
    expectQuiet(watched);
    await context.close();
  });

  it.each(screens)("shows %s", async (screen) => {
    const watched = await watchedPage(browser, { allowed });
    await watched.page.goto(`${base}#/gallery?screen=${screen}`);
    await watched.page.getByRole("heading", { level: 1 }).waitFor();
    await pictures(watched.page, `gallery-${screen}`);
    expectQuiet(watched);
    await watched.context.close();
  });

  it.each(["DangerDialog", "Close dialog"])("opens the %s and closes it with Escape", async (name) => {
    const watched = await watchedPage(browser, { allowed });
    const { page, context } = watched;
    await page.goto(`${base}#/gallery`);
    await page.getByRole("button", { name, exact: true }).click();
    const dialog = page.getByRole("alertdialog").or(page.getByRole("dialog"));
    await dialog.waitFor();
    await expectAccessible(page, name);
    if (name === "DangerDialog") {
      const remove = dialog.getByRole("button", { name: "Remove 256 GiB" });
      expect(await remove.isDisabled()).toBe(true);
      await dialog.getByRole("textbox", { name: "Type Nook to confirm" }).fill("Nook");
      expect(await remove.isEnabled()).toBe(true);
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expectQuiet(watched);
    await context.close();
  });
});
