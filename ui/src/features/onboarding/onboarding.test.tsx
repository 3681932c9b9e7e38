/** Creating and restoring: the steps, and that words and passwords stay where they belong. */
import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import "../../test/mantine";
import { beforeEach, describe, expect, it } from "vitest";
import { App } from "../../app/App";
import { navigate } from "../../app/router";
import type { SessionView } from "../../bindings";
import { openWallet, said, unlocked } from "../../test/facts";
import { simulatedBackend, type Answers, type Simulated } from "../../test/simulated";
import { CommandError } from "../../transport";

const words = ["glory", "maze", "orbit", "fabric", "lemon", "quiet", "staff", "velvet", "drift", "piano", "harbor", "noble", "salt", "window", "copper", "fox", "tunnel", "amber", "rely", "dune", "actor", "mimic", "cliff", "sudden"];
const fresh: SessionView = { ...unlocked, newWordsWaiting: true, wordsUnchecked: true };

function open(path: string, answers: Answers): Simulated {
  navigate(path, { replace: true });
  const backend = simulatedBackend({
    ...openWallet,
    session: { state: "no_wallet" },
    networks: { current: "mainnet", networks: [] },
    password_strength: { score: 3, accepted: true, sentence: said("Would be guessed in about 300 years.") },
    ...answers,
  });
  render(<App backend={backend} />);
  return backend;
}

async function fillFile(user: ReturnType<typeof userEvent.setup>) {
  await user.type(await screen.findByLabelText("Password"), "correct horse");
  await user.type(screen.getByLabelText("Repeat the password"), "correct horse");
}

beforeEach(() => window.history.replaceState(null, "", "#/"));

describe("creating a wallet", () => {
  const answers: Answers = {
    create_wallet: fresh,
    new_words: { words, language: "English", expiresAt: "2026-11-18T14:33:00Z", id: "w1" },
    words_quiz: { positions: [3, 9, 14, 22], count: 24 },
    confirm_words: ({ answers: given }) => {
      const wrong = given.filter(({ position, word }) => word !== words[position - 1]).map(({ position }) => position);
      return { confirmed: wrong.length === 0, wrong };
    },
  };

  async function untilWords(user: ReturnType<typeof userEvent.setup>): Promise<Simulated> {
    const backend = open("/start/create", answers);
    await fillFile(user);
    await user.click(screen.getByRole("button", { name: "Create the wallet" }));
    backend.answer({ session: fresh });
    act(() => backend.emit({ kind: "session", session: fresh }));
    await user.click(await screen.findByRole("button", { name: "Show the words" }));
    await screen.findByText("sudden");
    return backend;
  }

  it("goes from the password over the words and four of them to the first address", async () => {
    const user = userEvent.setup();
    await untilWords(user);
    await user.click(screen.getByRole("button", { name: "I have written them down" }));
    await user.type(await screen.findByLabelText("Word 3"), "orbit");
    await user.type(screen.getByLabelText("Word 9"), "drift");
    await user.type(screen.getByLabelText("Word 14"), "windov");
    await user.type(screen.getByLabelText("Word 22"), "mimic");
    await user.click(screen.getByRole("button", { name: "Check" }));
    expect(await screen.findByText("This is not the word at this place.")).toBeInTheDocument();
    await user.clear(screen.getByLabelText("Word 14"));
    await user.type(screen.getByLabelText("Word 14"), "window{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "The wallet is ready" })).toBeInTheDocument();
    expect(screen.getByText("The words are checked.")).toBeInTheDocument();
  });

  it("takes the words and the password off the page with their step", async () => {
    const user = userEvent.setup();
    await untilWords(user);
    expect(document.body.innerHTML).not.toContain("correct horse");
    await user.click(screen.getByRole("button", { name: "I have written them down" }));
    await screen.findByLabelText("Word 3");
    for (const word of words) expect(screen.queryByText(word)).not.toBeInTheDocument();
    expect(window.location.href).not.toContain("glory");
    for (const storage of [localStorage, sessionStorage]) {
      const kept = Array.from({ length: storage.length }, (_, index) => storage.getItem(storage.key(index) ?? "")).join(" ");
      expect(kept).not.toContain("glory");
      expect(kept).not.toContain("correct horse");
    }
  });

  it("closes the words when the program says that their time is over", async () => {
    const user = userEvent.setup();
    const backend = await untilWords(user);
    backend.answer({ session: { ...fresh, newWordsWaiting: false } });
    act(() => backend.emit({ kind: "secret_expired", id: "w1" }));
    expect(screen.queryByText("sudden")).not.toBeInTheDocument();
  });

  it("can be checked later", async () => {
    const user = userEvent.setup();
    await untilWords(user);
    await user.click(screen.getByRole("button", { name: "Later" }));
    expect(await screen.findByText(/The words are not checked yet/)).toBeInTheDocument();
  });

  it("refuses two passwords that differ", async () => {
    const user = userEvent.setup();
    open("/start/create", answers);
    await user.type(await screen.findByLabelText("Password"), "correct horse");
    await user.type(screen.getByLabelText("Repeat the password"), "correct house");
    expect(screen.getByText("The two passwords differ.")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Create the wallet" })).toBeDisabled();
  });
});

describe("restoring from words", () => {
  it("names a word that is not in the list and puts the suggestion in its place", async () => {
    const user = userEvent.setup();
    open("/start/restore", {
      check_words: ({ words: text }) =>
        text.includes("abandn")
          ? { count: 3, unknown: [{ position: 2, typed: "abandn", suggestions: ["abandon"] }], completions: [], language: "English", valid: false, problem: null }
          : { count: 3, unknown: [], completions: [], language: "English", valid: true, problem: null },
    });
    const field = await screen.findByLabelText("Words");
    await user.type(field, "glory abandn maze");
    expect(await screen.findByText("Word 2, abandn, is not in the list.", { exact: false })).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Next" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "abandon" }));
    expect(field).toHaveValue("glory abandon maze");
    await screen.findByText("3 words that fit together.");
    await user.click(screen.getByRole("button", { name: "Next" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Choose a password" })).toBeInTheDocument();
  });

  it("says when the words do not fit together", async () => {
    const user = userEvent.setup();
    open("/start/restore", {
      check_words: { count: 12, unknown: [], completions: [], language: "English", valid: false, problem: said("These words do not fit together: one is wrong or two are swapped.") },
    });
    await user.type(await screen.findByLabelText("Words"), "glory maze");
    expect(await screen.findByText("These words do not fit together: one is wrong or two are swapped.")).toBeInTheDocument();
  });
});

describe("opening a file", () => {
  it("names its kind, asks for its password, shows its notes and makes a file of our own", async () => {
    const user = userEvent.setup();
    const note = said("This format was weakly protected. Delete old copies when you have a backup.");
    const backend = open("/start/open", {
      inspect_wallet: ({ password }) => {
        const preview = { format: "smapp_old", title: "Smapp wallet of 18 Jul 2023", name: "My wallet", needsPassword: true, content: null, notes: [{ tone: "warning" as const, text: note }] };
        if (password === null) return preview;
        if (password !== "old secret") throw new CommandError({ code: "wrong_password", message: "Wrong password, or the file is damaged.", cost: "Nothing was changed.", remedy: "Try again." });
        return { ...preview, content: { accounts: [{ name: "Main", address: "sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k", template: "single", viewOnly: false }], contacts: 3, hasWords: true } };
      },
      import_wallet: unlocked,
    });
    await screen.findByRole("heading", { level: 1, name: "Open a wallet file" });
    await user.upload(document.querySelector<HTMLInputElement>("input[type=file]") ?? document.createElement("input"), new File(["{}"], "my_wallet.json"));
    expect(await screen.findByRole("heading", { level: 1, name: "Smapp wallet of 18 Jul 2023" })).toBeInTheDocument();
    expect(screen.getByText(note.text)).toBeInTheDocument();
    await user.type(screen.getByLabelText("Password of this file"), "guess{Enter}");
    expect(await screen.findByText("Wrong password, or the file is damaged.")).toBeInTheDocument();
    await user.clear(screen.getByLabelText("Password of this file"));
    await user.type(screen.getByLabelText("Password of this file"), "old secret{Enter}");
    expect(await screen.findByText("3 contacts.", { exact: false })).toBeInTheDocument();
    await fillFile(user);
    backend.answer({ session: unlocked });
    await user.click(screen.getByRole("button", { name: "Take it over" }));
    expect(await screen.findByRole("heading", { level: 1, name: "The wallet was taken over" })).toBeInTheDocument();
    expect(backend.calls.find((call) => call.name === "import_wallet")?.args).toEqual({
      source: { kind: "content", name: "my_wallet.json", base64: btoa("{}") },
      password: "old secret",
      name: "My wallet",
      newPassword: "correct horse",
    });
  });
});
