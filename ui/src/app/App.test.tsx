/** What a person meets at the door: locked, unlocked, missing wallets, keys and the command palette. */
import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import "../test/mantine";
import { beforeEach, describe, expect, it } from "vitest";
import { ANNA, app, locked, openWallet, unlocked } from "../test/facts";
import { simulatedBackend, type Answers, type Simulated } from "../test/simulated";
import { CommandError } from "../transport";
import { App } from "./App";
import { navigate } from "./router";

function open(path: string, answers: Answers = {}): Simulated {
  navigate(path, { replace: true });
  const backend = simulatedBackend({ ...openWallet, ...answers });
  render(<App backend={backend} />);
  return backend;
}

beforeEach(() => window.history.replaceState(null, "", "#/"));

describe("the door", () => {
  it("leads to the first start while nothing exists", async () => {
    open("/", { app_state: { ...app, firstStart: true }, session: { state: "no_wallet" }, networks: { current: "mainnet", networks: [] } });
    expect(await screen.findByRole("heading", { level: 1, name: "Welcome. How do you want to start?" })).toBeInTheDocument();
  });

  it("puts the unlock screen in the place of a page that needs the wallet, and that page after it", async () => {
    const user = userEvent.setup();
    const backend = open("/contacts", { session: locked, unlock: unlocked });
    await user.type(await screen.findByLabelText("Password"), "correct horse");
    await user.click(screen.getByRole("button", { name: "Unlock" }));
    expect(backend.calls).toContainEqual({ name: "unlock", args: { wallet: "main", password: "correct horse" } });
    backend.answer({ session: unlocked });
    act(() => backend.emit({ kind: "session", session: unlocked }));
    expect(await screen.findByRole("heading", { level: 1, name: "Contacts" })).toBeInTheDocument();
  });

  it("says that a password is wrong and forgets it", async () => {
    const user = userEvent.setup();
    open("/wallet", {
      session: locked,
      unlock: () => {
        throw new CommandError({ code: "wrong_password", message: "Wrong password, or the file is damaged.", cost: "Nothing was changed.", remedy: "Try again." });
      },
    });
    const field = await screen.findByLabelText("Password");
    await user.type(field, "wrong horse{Enter}");
    expect(await screen.findByText("Wrong password, or the file is damaged.")).toBeInTheDocument();
    expect(field).toHaveValue("");
  });

  it("takes everything of a wallet off the page when it locks", async () => {
    const backend = open("/wallet");
    expect(await screen.findByRole("link", { name: /Daily/ })).toBeInTheDocument();
    backend.answer({ session: locked });
    act(() => backend.emit({ kind: "session", session: locked }));
    expect(await screen.findByRole("heading", { level: 1, name: "Unlock your wallet" })).toBeInTheDocument();
    expect(screen.queryByText(/Daily/)).not.toBeInTheDocument();
  });

  it("says plainly that balances are unknown without a node", async () => {
    open("/wallet");
    expect(await screen.findByText("Unknown without a node")).toBeInTheDocument();
    expect(screen.getByText("This version has no node, so balances are not known.")).toBeInTheDocument();
  });

  it("says so when a page does not exist", async () => {
    open("/explorer");
    expect(await screen.findByRole("heading", { level: 1, name: "This page does not exist" })).toBeInTheDocument();
  });
});

describe("the keys", () => {
  it("lead to pages and do nothing while something is typed", async () => {
    const user = userEvent.setup();
    open("/contacts");
    await screen.findByRole("heading", { level: 1, name: "Contacts" });
    await user.keyboard("/");
    const search = screen.getByRole("textbox", { name: "Name or address" });
    expect(search).toHaveFocus();
    await user.keyboard("s");
    expect(search).toHaveValue("s");
    await user.keyboard("{Control>}1{/Control}");
    expect(await screen.findByText("Unknown without a node")).toBeInTheDocument();
  });

  it("move the focus to the heading of the page they lead to", async () => {
    const user = userEvent.setup();
    open("/wallet");
    await screen.findByText("Unknown without a node");
    await user.keyboard("{Control>}4{/Control}");
    await waitFor(() => expect(screen.getByRole("heading", { level: 1, name: "Contacts" })).toHaveFocus());
  });

  it("lock the wallet", async () => {
    const user = userEvent.setup();
    const backend = open("/wallet", { lock: locked });
    await screen.findByText("Unknown without a node");
    await user.keyboard("{Control>}l{/Control}");
    await waitFor(() => expect(backend.calls.map((call) => call.name)).toContain("lock"));
  });

  it("open the list of keys", async () => {
    const user = userEvent.setup();
    open("/wallet");
    await screen.findByText("Unknown without a node");
    await user.keyboard("?");
    expect(within(await screen.findByRole("dialog", { name: "Keys" })).getByText("Send coins")).toBeInTheDocument();
  });
});

describe("the command palette", () => {
  it("finds a command by its words and runs it by Enter", async () => {
    const user = userEvent.setup();
    open("/wallet");
    await screen.findByText("Unknown without a node");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Commands" }), "address book{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Contacts" })).toBeInTheDocument();
  });

  it("offers to send to an address that is pasted", async () => {
    const user = userEvent.setup();
    open("/wallet");
    await screen.findByText("Unknown without a node");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Commands" }), ANNA);
    expect(await screen.findByRole("option", { name: /Send to this address/ })).toBeInTheDocument();
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "Send" })).toBeInTheDocument();
    expect(screen.getByLabelText("To")).toHaveValue(ANNA);
  });

  it("offers nothing that needs a wallet while it is locked", async () => {
    const user = userEvent.setup();
    open("/wallet/verify", { session: locked });
    await screen.findByRole("button", { name: "Verify" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: "Commands" }), "send coins");
    expect(screen.queryByRole("option", { name: "Send coins" })).not.toBeInTheDocument();
  });
});
