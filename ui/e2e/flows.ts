/** What a person does, in the words of the screen. Each returns what the person then knows. */
import type { Page } from "playwright-core";
import { heading } from "./browser";

/** A wallet as its owner knows it. */
export interface Owner {
  name: string;
  password: string;
  words: string[];
  address: string;
}

/** Opens the first page and chooses the network of the tests, whose units are 16 KiB. */
export async function openOnTestnet(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await heading(page, "Welcome. How do you want to start?");
  await page.getByRole("combobox", { name: "Network" }).or(page.getByRole("textbox", { name: "Network" })).click();
  await page.getByRole("option", { name: /testnet/i }).click();
}

/** Fills name and password of a new file and sends the form. */
export async function nameAndPassword(page: Page, name: string, password: string, button: string): Promise<void> {
  await page.getByRole("textbox", { name: "Name of the wallet" }).fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Repeat the password").fill(password);
  await page.getByRole("button", { name: button }).click();
}

/** The words on the screen, in order. */
export async function readWords(page: Page): Promise<string[]> {
  const list = page.getByRole("list", { name: "The words in order" });
  await list.getByRole("listitem").filter({ hasText: /[a-z]{3}/ }).first().waitFor();
  return (await list.getByRole("listitem").allInnerTexts()).map((text) => text.replace(/[^a-z]/g, ""));
}

/** Answers the quiz: each field says which word it wants. */
export async function answerQuiz(page: Page, words: readonly string[]): Promise<void> {
  await heading(page, "Which words are these?");
  const fields = page.getByRole("textbox", { name: /^Word \d+$/ });
  await fields.first().waitFor();
  for (const field of await fields.all()) {
    const label = await field.evaluate((input) => (input as HTMLInputElement).labels?.[0]?.textContent ?? "");
    await field.fill(words[Number(/\d+/.exec(label)?.[0]) - 1] ?? "");
  }
  await page.getByRole("button", { name: "Check" }).click();
}

/** The address on a page that shows it in full, without the spaces of its groups. */
export async function readAddress(page: Page): Promise<string> {
  const shown = page.getByText(/^\s*(sm|stest|standalone)1[\s0-9a-z]{40,}$/).first();
  await shown.waitFor();
  return (await shown.innerText()).replace(/\s/g, "");
}

/** Creates a wallet from the first page, confirms its words, and ends on "The wallet is ready". */
export async function createWallet(page: Page, name: string, password: string): Promise<Owner> {
  await page.getByRole("link", { name: /Create a new wallet/ }).click();
  await heading(page, "Choose a password");
  await nameAndPassword(page, name, password, "Create the wallet");
  await heading(page, /Write these 24 words on paper/);
  await page.getByRole("button", { name: "Show the words" }).click();
  const words = await readWords(page);
  await page.getByRole("button", { name: "I have written them down" }).click();
  await answerQuiz(page, words);
  await heading(page, "The wallet is ready");
  return { name, password, words, address: await readAddress(page) };
}

/** Unlocks on the unlock page. */
export async function unlock(page: Page, password: string): Promise<void> {
  await heading(page, "Unlock your wallet");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Unlock", exact: true }).click();
}
