/** A wallet in a browser: created, confirmed, locked, refused, restored, and locked by time. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectQuiet, heading, launch, pictures, watchedPage, type Watched } from "./browser";
import { createWallet, nameAndPassword, openOnTestnet, readAddress, unlock, type Owner } from "./flows";
import { startProgram, type Program } from "./program";

const PASSWORD = "a horse of another colour";

let browser: Browser;
let program: Program;
let watched: Watched;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
});

// Refused passwords are answered with a status that the browser writes to its console.
const allowed = [/status of 4\d\d/];

beforeEach(async () => {
  program = await startProgram();
  watched = await watchedPage(browser, { allowed });
});

afterEach(async () => {
  expectQuiet(watched);
  await watched.context.close();
  await program.stop();
});

describe("a wallet", () => {
  it("is created, its words are confirmed, and its address is shown", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    await pictures(page, "onboarding");
    await page.getByRole("link", { name: /Create a new wallet/ }).click();
    await heading(page, "Choose a password");
    await pictures(page, "create-password");
    await page.getByRole("link", { name: "Back" }).or(page.getByRole("button", { name: "Back" })).click();
    const owner = await createWallet(page, "Main wallet", PASSWORD);
    expect(owner.words).toHaveLength(24);
    expect(owner.address).toMatch(/^stest1[0-9a-z]{45}$/);
    await pictures(page, "wallet-ready");
    await page.getByRole("button", { name: "Open the wallet" }).click();
    await heading(page, "Wallet");
    await pictures(page, "wallet");
  });

  it("comes back from its words with the same address", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    const owner = await createWallet(page, "Main wallet", PASSWORD);
    const other = await startProgram();
    const fresh = await watchedPage(browser);
    try {
      await openOnTestnet(fresh.page, await other.address());
      expect(await restore(fresh, owner)).toBe(owner.address);
      expectQuiet(fresh);
    } finally {
      await fresh.context.close();
      await other.stop();
    }
  });

  it("says which word is not in the list, and when the words do not fit together", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    await page.getByRole("link", { name: /Restore from words/ }).click();
    const field = page.getByRole("textbox", { name: "Words" });
    await field.fill(`${"abandon ".repeat(6)}abandn ${"abandon ".repeat(5)}`);
    await page.getByText(/Word 7, .*abandn.*, is not in the list/).waitFor();
    await pictures(page, "restore-unknown-word");
    await page.getByRole("button", { name: "abandon", exact: true }).first().click();
    await page.getByText("These words do not fit together: one is wrong or two are swapped.").waitFor();
    expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
  });

  it("stays closed with a wrong password and opens with the right one", async () => {
    const { page } = watched;
    await openOnTestnet(page, await program.address());
    await createWallet(page, "Main wallet", PASSWORD);
    await page.getByRole("button", { name: "Open the wallet" }).click();
    await heading(page, "Wallet");
    await page.keyboard.press("Control+l");
    await heading(page, "Unlock your wallet");
    await pictures(page, "unlock");
    await unlock(page, "not the password");
    await page.getByText(/Wrong password, or the file is damaged\./).waitFor();
    await pictures(page, "unlock-wrong");
    await unlock(page, PASSWORD);
    await heading(page, "Wallet");
  });

  it("locks itself when nothing is pressed for a while, and says why", async () => {
    // Long enough to create a wallet on a busy computer: each step of the person starts the time again.
    const hurried = await startProgram({ SMAPP_AUTO_LOCK_SECONDS: "45" });
    const alone = await watchedPage(browser, { allowed });
    const { page } = alone;
    try {
      await openOnTestnet(page, await hurried.address());
      await createWallet(page, "Main wallet", PASSWORD);
      await page.getByRole("button", { name: "Open the wallet" }).click();
      await heading(page, "Wallet");
      // Nothing is pressed; the program locks and the page follows.
      await page.getByText("The wallet was locked because nothing was pressed for a while.").waitFor({ timeout: 120_000 });
      await unlock(page, PASSWORD);
      await heading(page, "Wallet");
      expectQuiet(alone);
    } finally {
      await alone.context.close();
      await hurried.stop();
    }
  });
});

async function restore({ page }: Watched, owner: Owner): Promise<string> {
  await page.getByRole("link", { name: /Restore from words/ }).click();
  await heading(page, "Restore from words");
  // Separators are the person's choice.
  await page.getByRole("textbox", { name: "Words" }).fill(owner.words.join(",\n"));
  await page.getByText("24 words that fit together.").waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await heading(page, "Choose a password");
  await nameAndPassword(page, "Again", "another good password", "Restore the wallet");
  await heading(page, "The wallet is restored");
  return readAddress(page);
}
