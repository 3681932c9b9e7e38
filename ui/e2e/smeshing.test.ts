/** Committed space in a browser, on the network whose units are 16 KiB: set up, watched until it is full, checked, damaged, mended, moved, removed. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectQuiet, heading, launch, pictures, watchedPage, type Watched } from "./browser";
import { createWallet, openOnTestnet, type Owner } from "./flows";
import { startProgram, type Program } from "./program";

const PASSWORD = "a horse of another colour";
const UNIT_BYTES = 1024 * 16;

let browser: Browser;
let program: Program;
let watched: Watched;
let page: Page;
let owner: Owner;
let folder: string;

// The steps are one story on one program; each is a test so that a failure names the step.
describe("committed space", { concurrent: false }, () => {
  beforeAll(async () => {
    browser = await launch();
    program = await startProgram();
    watched = await watchedPage(browser);
    page = watched.page;
    folder = join(program.workFolder, "space");
    await openOnTestnet(page, await program.address());
    owner = await createWallet(page, "Main wallet", PASSWORD);
  });

  afterAll(async () => {
    await watched.context.close();
    await browser.close();
    await program.stop();
  });

  it("begins empty, with the epoch and what smeshing is", async () => {
    await page.getByRole("link", { name: "Set up smeshing" }).click();
    await heading(page, "Lend the network some disk space, earn coins.");
    await pictures(page, "smeshing-empty");
    expectQuiet(watched);
  });

  it("is proposed from what was measured, and committed with two units", async () => {
    await page.getByRole("link", { name: "Set up", exact: true }).click();
    await heading(page, "Commit disk space");
    await page.getByRole("progressbar", { name: "Measuring this computer" }).waitFor();
    await pictures(page, "smeshing-setup-measuring");
    await page.getByText("Folder", { exact: true }).click();
    await page.getByRole("textbox", { name: "Folder for the data" }).fill(folder);
    await page.getByRole("button", { name: "Use this folder" }).click();
    // The rates of the devices come first; committing does not wait for the rest.
    await page.getByText(/\d labels\/s together/).waitFor({ timeout: 120_000 });

    const slider = page.getByRole("slider", { name: "Size of the committed space" });
    await slider.press("Home");
    expect(await slider.getAttribute("aria-valuetext")).toBe("32 KiB, 2 units");

    await page.getByText("Rewards go to", { exact: true }).click();
    await page.getByRole("combobox", { name: "Account" }).selectOption({ index: 0 });
    const processor = page.getByRole("checkbox", { name: /cpu|processor|cores/i }).first();
    await processor.check();
    await pictures(page, "smeshing-setup");
    await page.getByRole("button", { name: "Commit 32 KiB" }).click();
    expectQuiet(watched);
  });

  it("is filled while the page watches", async () => {
    await heading(page, /^Filling 32 KiB$|32 KiB are filled/);
    await page.getByRole("heading", { level: 1, name: "32 KiB are filled." }).waitFor({ timeout: 120_000 });
    await page.getByRole("img", { name: /^1 file: 1 complete$/ }).waitFor();
    await pictures(page, "smeshing-filled");
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(["postdata_0.bin", "postdata_metadata.json"]));
    expect(readFileSync(join(folder, "postdata_0.bin"))).toHaveLength(2 * UNIT_BYTES);
    expectQuiet(watched);
  });

  it("is sound after a full check", async () => {
    await page.getByRole("button", { name: "Check all" }).click();
    await page.getByText(/last check/).waitFor({ timeout: 120_000 });
    await page.getByRole("button", { name: "Check all" }).waitFor();
    expect(await page.getByRole("button", { name: "Repair now" }).count()).toBe(0);
    await pictures(page, "smeshing-checked");
    expectQuiet(watched);
  });

  it("shows a flipped byte, and repair mends it without touching the rest", async () => {
    const file = join(folder, "postdata_0.bin");
    const before = readFileSync(file);
    const at = 1000 * 16 + 3;
    const handle = openSync(file, "r+");
    writeSync(handle, Buffer.from([(before[at] ?? 0) ^ 0x40]), 0, 1, at);
    closeSync(handle);
    await page.getByRole("button", { name: "Check all" }).click();
    await page.getByRole("button", { name: "Repair now" }).waitFor({ timeout: 120_000 });
    await page.getByRole("img", { name: /with bad labels/ }).waitFor();
    await pictures(page, "smeshing-damaged");
    await page.getByRole("button", { name: "Repair now" }).click();
    await page.getByRole("button", { name: "Repair now" }).waitFor({ state: "detached", timeout: 120_000 });
    await expect.poll(() => readFileSync(file).equals(before), { timeout: 60_000 }).toBe(true);
    expectQuiet(watched);
  });

  it("tells how fast a proof is", async () => {
    await page.getByRole("link", { name: "Proving speed" }).click();
    await heading(page, /^Proving speed of /);
    await page.getByRole("button", { name: /^Measure/ }).click();
    // Filling the memory of the proof of work takes minutes on two slow cores.
    await page.getByText(/A proof takes about/).waitFor({ timeout: 230_000 });
    await pictures(page, "proving-speed");
    await page.goBack();
    expectQuiet(watched);
  });

  it("moves to another folder and frees the old one only after a confirmation", async () => {
    const target = join(program.workFolder, "moved");
    await page.getByRole("link", { name: "Move the data" }).click();
    await heading(page, /^Move the data of /);
    await page.getByRole("textbox", { name: "New folder" }).fill(target);
    await pictures(page, "move-choose");
    await page.getByRole("button", { name: "Move 32 KiB" }).click();
    await page.getByRole("button", { name: "Remove the old copy" }).waitFor({ timeout: 120_000 });
    await pictures(page, "move-done");
    expect(existsSync(join(folder, "postdata_0.bin"))).toBe(true);
    await page.getByRole("button", { name: "Remove the old copy" }).click();
    const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
    await dialog.waitFor();
    const typed = dialog.getByRole("textbox");
    if ((await typed.count()) > 0) await typed.fill((await dialog.getByText(/to confirm/).locator("b").innerText()).trim());
    await dialog.getByRole("button").last().click();
    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => existsSync(join(folder, "postdata_0.bin")), { timeout: 60_000 }).toBe(false);
    expect(readFileSync(join(target, "postdata_0.bin"))).toHaveLength(2 * UNIT_BYTES);
    folder = target;
    expectQuiet(watched);
  });

  it("is listed with its identity, and the wallet's address gets the rewards", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Smeshing" }).first().click();
    await page.getByRole("grid", { name: "Identities" }).waitFor();
    await pictures(page, "smeshing");
    await page.getByRole("grid", { name: "Identities" }).getByRole("link").first().click();
    await page.getByText(owner.address.slice(-6)).first().waitFor();
    expectQuiet(watched);
  });

  it("is removed only with its name typed, and leaves other files alone", async () => {
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
    await dialog.waitFor();
    await pictures(page, "smeshing-remove");
    const remove = dialog.getByRole("button").last();
    expect(await remove.isDisabled()).toBe(true);
    await dialog.getByRole("textbox").fill((await dialog.getByText(/to confirm/).locator("b").innerText()).trim());
    await remove.click();
    await dialog.waitFor({ state: "detached", timeout: 60_000 });
    await expect.poll(() => existsSync(join(folder, "postdata_0.bin")), { timeout: 60_000 }).toBe(false);
    expectQuiet(watched);
  });
});
