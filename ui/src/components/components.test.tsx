/** The shared components as a person meets them: by role and name, by keyboard, through time. */
import { MantineProvider } from "@mantine/core";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, type ReactNode } from "react";
import "../test/mantine";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ANNA, openWallet } from "../test/facts";
import { simulatedBackend } from "../test/simulated";
import { BackendProvider, CommandError } from "../transport";
import { Address } from "./Address";
import { AddressInput } from "./AddressInput";
import { Amount } from "./Amount";
import { AmountInput } from "./AmountInput";
import { AmountsHiddenContext } from "./amountsHidden";
import { DangerDialog } from "./DangerDialog";
import { ErrorPanel } from "./ErrorPanel";
import { RecordTable } from "./RecordTable";
import { SecretView } from "./SecretView";

function show(node: ReactNode) {
  return render(<MantineProvider>{node}</MantineProvider>);
}

describe("Amount", () => {
  it("tells the exact SMH and smidge", () => {
    show(<Amount smidge={12_500_036_218n} />);
    expect(screen.getByTitle(/= 12,500,036,218 smidge$/).textContent).toBe("12.500\u202f036\u202f218SMH");
  });

  it("hides what shall be hidden and never what is about to be signed", () => {
    show(
      <AmountsHiddenContext value>
        <Amount smidge={1_000_000_000n} />
        <Amount smidge={2_000_000_000n} always />
      </AmountsHiddenContext>,
    );
    expect(screen.getByText("hidden")).toBeInTheDocument();
    expect(screen.queryByTitle(/^1 SMH/)).not.toBeInTheDocument();
    expect(screen.getByTitle(/^2 SMH/)).toBeInTheDocument();
  });

  it("says that it is unknown instead of drawing a zero", () => {
    show(<Amount smidge={null} />);
    expect(screen.getByTitle("unknown")).toHaveTextContent("–");
  });
});

describe("AmountInput", () => {
  function Form() {
    const [value, setValue] = useState("");
    return <AmountInput label="Amount" value={value} onChange={setValue} />;
  }

  it("shows the exact smidge and a sentence for each fault", async () => {
    const user = userEvent.setup();
    show(<Form />);
    const field = screen.getByLabelText("Amount");
    await user.type(field, "120.5");
    expect(screen.getByText("120,500,000,000 smidge")).toBeInTheDocument();
    await user.clear(field);
    await user.type(field, "0.0000000001");
    expect(screen.getByText("Only 9 decimals exist.")).toBeInTheDocument();
    await user.clear(field);
    await user.type(field, "1,5");
    expect(screen.getByText(/Write the decimals with a point/)).toBeInTheDocument();
  });
});

describe("Address", () => {
  it("holds no spaces, so that selecting it by hand copies the plain text", () => {
    show(<Address address={ANNA} full />);
    expect(screen.getByText("sm1q").closest("[dir=ltr]")?.textContent).toBe(ANNA);
  });

  it("copies the plain text and says how it ends", async () => {
    const user = userEvent.setup();
    show(<Address address={ANNA} copy />);
    await user.click(screen.getByRole("button", { name: "Copy address" }));
    await expect(navigator.clipboard.readText()).resolves.toBe(ANNA);
  });
});

describe("AddressInput", () => {
  function Form() {
    const [value, setValue] = useState("");
    return (
      <BackendProvider backend={simulatedBackend(openWallet)}>
        <AddressInput label="To" value={value} onChange={setValue} />
      </BackendProvider>
    );
  }

  it("gives the program's message for a fault", async () => {
    const user = userEvent.setup();
    show(<Form />);
    await user.type(screen.getByLabelText("To"), "sm1xqqqqqz42");
    expect(await screen.findByText("Too short: 12 of 48 characters.")).toBeInTheDocument();
  });

  it("suggests contacts by name and takes pasted groups", async () => {
    const user = userEvent.setup();
    show(<Form />);
    const field = screen.getByLabelText("To");
    await user.type(field, "ann");
    await user.click(await screen.findByRole("option", { name: /Anna/, hidden: true }));
    expect(field).toHaveValue(ANNA);
    await user.clear(field);
    await user.paste(ANNA.replace(/(.{4})/g, "$1 "));
    expect(await screen.findByText("contact")).toBeInTheDocument();
  });
});

describe("RecordTable", () => {
  const rows = [
    { id: "1", name: "Daily" },
    { id: "2", name: "Savings" },
  ];

  it("is one stop in the tab order and is walked with the arrow keys", async () => {
    const user = userEvent.setup();
    const opened = vi.fn();
    show(
      <RecordTable
        label="Accounts"
        columns={[{ id: "name", head: "Account", cell: (row) => row.name }]}
        rows={rows}
        rowKey={(row) => row.id}
        onOpen={opened}
        copy={{ text: (row) => row.id, what: "Address" }}
      />,
    );
    await user.tab();
    expect(screen.getByRole("row", { name: "Daily" })).toHaveFocus();
    await user.keyboard("{ArrowDown}");
    expect(screen.getByRole("row", { name: "Savings" })).toHaveFocus();
    await user.keyboard("{ArrowDown}c");
    await expect(navigator.clipboard.readText()).resolves.toBe("2");
    await user.keyboard("{Home}{Enter}");
    expect(opened).toHaveBeenCalledExactlyOnceWith(rows[0]);
    await user.tab();
    expect(document.body).toHaveFocus();
  });
});

describe("DangerDialog", () => {
  function dialog(confirm: () => Promise<unknown>) {
    show(
      <DangerDialog
        opened
        onClose={() => undefined}
        onConfirm={confirm}
        title="Remove the identity Nook?"
        removed={[{ what: "nook.key" }]}
        stays={[{ what: "Wallets" }]}
        typedName="Nook"
        confirmLabel="Remove 256 GiB"
      />,
    );
  }

  it("starts on Cancel and needs the typed name", async () => {
    const user = userEvent.setup();
    const confirm = vi.fn(() => Promise.resolve());
    dialog(confirm);
    const box = within(await screen.findByRole("dialog"));
    await vi.waitFor(() => expect(box.getByRole("button", { name: "Cancel" })).toHaveFocus());
    expect(box.getByRole("button", { name: "Remove 256 GiB" })).toBeDisabled();
    await user.type(box.getByLabelText("Type Nook to confirm"), "Nook{Enter}");
    expect(confirm).not.toHaveBeenCalled();
    await user.click(box.getByRole("button", { name: "Remove 256 GiB" }));
    expect(confirm).toHaveBeenCalledOnce();
  });

  it("stays open with the error when it fails", async () => {
    const user = userEvent.setup();
    dialog(() => Promise.reject(new CommandError({ code: "no_permission", message: "Smapp may not write there.", cost: "Nothing was removed.", remedy: "Change the permissions." })));
    const box = within(await screen.findByRole("dialog"));
    await user.type(box.getByLabelText("Type Nook to confirm"), "Nook");
    await user.click(box.getByRole("button", { name: "Remove 256 GiB" }));
    expect(await box.findByText("Smapp may not write there.")).toBeInTheDocument();
    expect(box.getByText("Nothing was removed.")).toBeInTheDocument();
    expect(box.getByText("Change the permissions.")).toBeInTheDocument();
  });
});

describe("ErrorPanel", () => {
  it("copies a report without addresses", async () => {
    const user = userEvent.setup();
    window.history.replaceState(null, "", `#/wallet/send/${ANNA}?to=${ANNA}`);
    show(<ErrorPanel error={new CommandError({ code: "disk_full", message: "The drive is full.", cost: "Nothing is lost.", remedy: "Free some space." })} />);
    await user.click(screen.getByRole("button", { name: "Copy report", hidden: true }));
    const report = await navigator.clipboard.readText();
    expect(report).toContain("disk_full");
    expect(report).not.toContain(ANNA);
  });
});

describe("SecretView", () => {
  afterEach(() => vi.useRealTimers());
  const words = ["glory", "maze", "orbit"];

  it("shows nothing before it is asked and takes the words away after 60 seconds", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
    const load = vi.fn(() => Promise.resolve(words));
    show(<SecretView kind="words" count={3} load={load} />);
    expect(load).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "Show the words" }));
    expect(await screen.findByText("orbit")).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /copy/i })).not.toBeInTheDocument();
    act(() => {
      vi.advanceTimersByTime(60_000);
    });
    expect(screen.queryByText("orbit")).not.toBeInTheDocument();
    expect(document.body.innerHTML).not.toContain("glory");
  });

  it("hides at once when it is told to", async () => {
    const user = userEvent.setup();
    const hidden = vi.fn();
    show(<SecretView kind="words" count={3} load={() => Promise.resolve(words)} onHidden={hidden} />);
    await user.click(screen.getByRole("button", { name: "Show the words" }));
    await screen.findByText("maze");
    await user.click(screen.getByRole("button", { name: "Hide" }));
    expect(screen.queryByText("maze")).not.toBeInTheDocument();
    expect(hidden).toHaveBeenCalledOnce();
  });
});
