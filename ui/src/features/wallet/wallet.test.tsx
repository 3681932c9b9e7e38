/** Sending offline, signing, merging, adding accounts: what is handed to the program, to the smidge. */
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import "../../test/mantine";
import { beforeEach, describe, expect, it } from "vitest";
import { App } from "../../app/App";
import { navigate } from "../../app/router";
import { ANNA, daily, openWallet, payment, said, unlocked } from "../../test/facts";
import { simulatedBackend, type Answers, type Simulated } from "../../test/simulated";

const exported = { file: { fileName: "tx.hex", mediaType: "text/plain", base64: "", text: "" }, text: "0x00", qrSvg: null };

function open(path: string, answers: Answers = {}): Simulated {
  navigate(path, { replace: true });
  const backend = simulatedBackend({ ...openWallet, export_transaction: exported, ...answers });
  render(<App backend={backend} />);
  return backend;
}

const argsOf = (backend: Simulated, name: string) => backend.calls.find((call) => call.name === name)?.args;

beforeEach(() => window.history.replaceState(null, "", "#/"));

describe("sending", () => {
  it("hands over exact smidge, nonce and price as text and goes on to the review", async () => {
    const user = userEvent.setup();
    const backend = open("/wallet/send", { prepare_transaction: payment, transactions: [payment] });
    await user.type(await screen.findByLabelText("To"), ANNA);
    await user.type(screen.getByLabelText("Amount"), "9007199.254740993");
    await screen.findByText("contact");
    await user.click(screen.getByRole("radio", { name: /Faster/ }));
    await user.click(screen.getByRole("button", { name: "Review" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Check and sign" })).toBeInTheDocument();
    expect(argsOf(backend, "prepare_transaction")).toEqual({
      account: "d",
      // 2^53 + 1 smidge: a JavaScript number would lose the last one.
      action: { kind: "spend", destination: ANNA, amount: "9007199254740993" },
      nonce: "42",
      gasPrice: "2",
      note: "",
    });
  });

  it("does not go on while something is missing", async () => {
    const user = userEvent.setup();
    const backend = open("/wallet/send");
    await screen.findByLabelText("To");
    await user.click(screen.getByRole("button", { name: "Review" }));
    expect(await screen.findByText("Something is missing above.")).toBeInTheDocument();
    expect(screen.getByText("Type an amount.")).toBeInTheDocument();
    expect(argsOf(backend, "prepare_transaction")).toBeUndefined();
  });

  it("proposes nonce 0 for the activation of a fresh account", async () => {
    const user = userEvent.setup();
    const backend = open("/wallet/send", { prepare_transaction: payment });
    await user.click(await screen.findByRole("radio", { name: /Activate the account/ }));
    await user.click(screen.getByRole("button", { name: "Review" }));
    expect(argsOf(backend, "prepare_transaction")).toMatchObject({ action: { kind: "activate" }, nonce: "0", gasPrice: "1" });
  });
});

describe("check and sign", () => {
  it("shows the lines of the bytes and signs with the password, which is then forgotten", async () => {
    const user = userEvent.setup();
    const signed = { ...payment, present: 1, complete: true, canSign: false, state: said("Signed, not sent"), transactionId: "ab" };
    const backend = open("/wallet/transactions/t1", { transactions: [payment], sign_transaction: signed });
    await screen.findByRole("heading", { level: 1, name: "Check and sign" });
    expect(screen.getByTitle("12.500 SMH = 12,500,000,000 smidge")).toBeInTheDocument();
    const button = screen.getByRole("button", { name: "Sign 12.5 SMH" });
    expect(button).toBeDisabled();
    await user.type(screen.getByLabelText("Wallet password"), "correct horse");
    await user.click(button);
    expect(argsOf(backend, "sign_transaction")).toEqual({ transaction: "t1", index: null, password: "correct horse" });
    backend.answer({ transactions: [signed] });
    act(() => backend.emit({ kind: "transactions" }));
    expect(await screen.findByText("Ready to be published")).toBeInTheDocument();
    expect(document.body.innerHTML).not.toContain("correct horse");
  });

  it("tells for each member how its signature stands", async () => {
    const shared = {
      ...payment,
      title: said("Club: payment of 1,200 SMH waits for 1 signature"),
      required: 2,
      present: 1,
      canSign: false,
      principalName: "Club",
      nonce: "5",
      signatures: (["valid", "can_sign", "invalid", "missing"] as const).map((state, index) => ({ index, publicKey: null, ownKey: null, state })),
    };
    open("/wallet/transactions/t1", { transactions: [shared] });
    const table = within(await screen.findByRole("grid", { name: "Signatures" }));
    for (const state of ["Signed, checked", "Can sign now", "Signature does not fit", "Not signed yet"]) expect(table.getByText(state)).toBeInTheDocument();
    expect(screen.getByText(/If another transaction of Club uses nonce 5 first/)).toBeInTheDocument();
  });
});

describe("importing", () => {
  it("first only looks, then keeps", async () => {
    const user = userEvent.setup();
    const backend = open("/wallet/transactions/import", { import_transaction: payment, transactions: [payment] });
    await user.type(await screen.findByLabelText("Or paste it as text"), "0x00ff");
    await user.click(screen.getByRole("button", { name: "Look at it" }));
    expect(await screen.findByText("Daily: payment of 12.5 SMH waits for 1 signature")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Keep it in the wallet" }));
    await screen.findByRole("heading", { level: 1, name: "Check and sign" });
    expect(backend.calls.filter((call) => call.name === "import_transaction").map((call) => call.args)).toEqual([
      { sources: [{ kind: "text", text: "0x00ff" }], inspectOnly: true },
      { sources: [{ kind: "text", text: "0x00ff" }], inspectOnly: false },
    ]);
  });
});

describe("adding accounts", () => {
  it("shows the address of a shared account before it is added", async () => {
    const user = userEvent.setup();
    const backend = open("/wallet/accounts/add?kind=multisig", {
      preview_shared_account: { address: daily.address, existing: null, ownMembers: [], notes: [] },
      add_shared_account: { ...daily, id: "c", name: "Club" },
    });
    await user.type(await screen.findByLabelText("Name"), "Club");
    await user.type(screen.getByLabelText("Member 1"), "aa".repeat(32));
    await user.type(screen.getByLabelText("Member 2"), "bb".repeat(31));
    expect(screen.getByText("A public key has 64 hex digits.")).toBeInTheDocument();
    await user.type(screen.getByLabelText("Member 2"), "bb");
    await screen.findByText("Compare it aloud with the other members before anybody pays in.");
    await user.click(screen.getByRole("button", { name: "Add the account" }));
    expect(argsOf(backend, "add_shared_account")).toEqual({ name: "Club", template: "multisig", required: 2, members: ["aa".repeat(32), "bb".repeat(32)] });
  });

  it("does not offer keys of words to a wallet without words", async () => {
    open("/wallet/accounts/add", { session: { ...unlocked, hasWords: false } });
    expect(await screen.findByRole("link", { name: /Watch only/ })).toBeInTheDocument();
    expect(screen.queryByRole("link", { name: /Single key/ })).not.toBeInTheDocument();
  });
});
