/** Wallet files of every older program, from the recorded known answers: recognised, opened with their password, taken over. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectQuiet, heading, launch, pictures, watchedPage } from "./browser";
import { nameAndPassword, openOnTestnet, readAddress } from "./flows";
import { startProgram, type Program } from "./program";

interface Case {
  name: string;
  password: string;
  /** The whole file; cases without one are parts of files. */
  file?: unknown;
  plaintext: string;
}

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "..", "..", "tests", "vectors", "12-wallet-files.json"), "utf8")) as { cases: Case[] };
const files = vectors.cases.filter((each) => each.file !== undefined);

let browser: Browser;
let program: Program;

beforeAll(async () => {
  browser = await launch();
  program = await startProgram();
});

afterAll(async () => {
  await browser.close();
  await program.stop();
});

describe("a wallet file of another program", () => {
  it("is among the known answers in each format", () => {
    expect(files.map((each) => each.name).join("\n")).toMatch(/legacy CTR[\s\S]*GCM[\s\S]*smcli[\s\S]*smapp-lite/);
  });

  it.each(files)("$name", async ({ name, password, file }) => {
    const watched = await watchedPage(browser, { allowed: [/status of 4\d\d/] });
    const { page, context } = watched;
    const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 24);
    mkdirSync(program.workFolder, { recursive: true });
    const path = join(program.workFolder, `${slug}.json`);
    const content = JSON.stringify(file);
    writeFileSync(path, content);

    await page.goto(await program.address());
    await page.goto(`${new URL(page.url()).origin}/#/start/open`);
    await heading(page, "Open a wallet file");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose a file" }).click()]);
    await chooser.setFiles(path);

    await page.getByLabel("Password of this file").fill("not its password");
    await page.getByRole("button", { name: "Look inside" }).click();
    await page.getByRole("alert").first().waitFor();
    await page.getByLabel("Password of this file").fill(password);
    await pictures(page, `open-${slug}`);
    await page.getByRole("button", { name: "Look inside" }).click();
    await page.getByRole("textbox", { name: "Name of the wallet" }).waitFor();
    await pictures(page, `open-${slug}-inside`);
    await nameAndPassword(page, slug, "a new good password", "Take it over");
    await heading(page, "The wallet was taken over");
    expect(await readAddress(page)).toMatch(/1[0-9a-z]{45}$/);
    expect(readFileSync(path, "utf8")).toBe(content);
    expectQuiet(watched);
    await context.close();
  });

  it("that is none is refused with what was expected", async () => {
    const watched = await watchedPage(browser, { allowed: [/status of 4\d\d/] });
    const { page, context } = watched;
    await openOnStart(page);
    const path = join(program.workFolder, "shopping.json");
    writeFileSync(path, '{"milk": 2}');
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Choose a file" }).click()]);
    await chooser.setFiles(path);
    const alert = page.getByRole("alert");
    await alert.waitFor();
    await pictures(page, "open-not-a-wallet");
    expect(await alert.innerText()).toMatch(/What to do/);
    expectQuiet(watched);
    await context.close();
  });
});

async function openOnStart(page: Parameters<typeof openOnTestnet>[0]): Promise<void> {
  await page.goto(await program.address());
  await page.goto(`${new URL(page.url()).origin}/#/start/open`);
  await heading(page, "Open a wallet file");
}
