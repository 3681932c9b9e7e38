/** Every page of the frame: reachable, quiet, accessible, in both themes and widths; keyboard and palette. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectAccessible, expectQuiet, launch, pictures, watchedPage, type Watched } from "./browser";
import { createWallet, openOnTestnet } from "./flows";
import { startProgram, type Program } from "./program";

let browser: Browser;
let program: Program;
let watched: Watched;
let page: Page;

const pages = [
  "/start",
  "/start/create",
  "/start/restore",
  "/start/open",
  "/start/watch",
  "/wallet",
  "/wallet/accounts",
  "/wallet/accounts/add",
  "/wallet/send",
  "/wallet/receive",
  "/wallet/transactions",
  "/wallet/transactions/import",
  "/wallet/sign",
  "/wallet/verify",
  "/contacts",
  "/smeshing",
  "/smeshing/setup",
  "/smeshing/existing",
  "/network",
  "/network/configuration",
  "/settings",
  "/settings/wallet",
  "/settings/network",
  "/settings/smeshing",
  "/settings/privacy",
  "/settings/about",
  "/nowhere",
];

describe("every page", { concurrent: false }, () => {
  beforeAll(async () => {
    browser = await launch();
    program = await startProgram();
    watched = await watchedPage(browser);
    page = watched.page;
    await openOnTestnet(page, await program.address());
    await createWallet(page, "Main wallet", "a horse of another colour");
  });

  afterAll(async () => {
    await watched.context.close();
    await browser.close();
    await program.stop();
  });

  it.each(pages)("%s", async (path) => {
    await page.goto(`${new URL(page.url()).origin}/#${path}`);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await pictures(page, `page${path.replaceAll("/", "-")}`);
    expectQuiet(watched);
  });

  it("is not the gallery: that is not in what is shipped", async () => {
    await page.goto(`${new URL(page.url()).origin}/#/gallery`);
    await page.getByRole("heading", { level: 1, name: "This page does not exist" }).waitFor();
  });

  it("is found with the keyboard alone: commands, pages, key list", async () => {
    await page.goto(`${new URL(page.url()).origin}/#/wallet`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    const commands = page.getByRole("dialog");
    await commands.waitFor();
    await expectAccessible(page, "commands");
    await pictures(page, "palette");
    await page.keyboard.type("network");
    await page.keyboard.press("Enter");
    await commands.waitFor({ state: "detached" });
    await page.keyboard.press("Control+2");
    await expect.poll(() => page.url()).toContain("#/smeshing");
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    await expectAccessible(page, "keys");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expectQuiet(watched);
  });

  it("needs the one-time address: another browser without it sees nothing", async () => {
    const stranger = await watchedPage(browser, { allowed: [/status of 4\d\d/, /WebSocket/] });
    await stranger.page.goto(`${new URL(page.url()).origin}/`);
    await stranger.page.getByText("This page is not signed in.").waitFor();
    await expectAccessible(stranger.page, "not signed in");
    expectQuiet(stranger);
    await stranger.context.close();
  });
});
