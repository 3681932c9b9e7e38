import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ClockProvider } from "../../format";
import { startCatalogue } from "../../i18n";
import { DiskBar, EpochTimeline, LayerStrip, PhaseList, RangeMap, SpeedBar, TaskProgress, WindowLens, type LayerBar } from ".";

beforeAll(() => {
  startCatalogue();
});

const NOW = Date.UTC(2026, 10, 18, 14, 32);
const HOUR = 3_600_000;
const GIB = 1024n ** 3n;

function show(node: React.ReactNode) {
  return render(
    <ClockProvider zone="Europe/Berlin" now={NOW}>
      {node}
    </ClockProvider>,
  );
}

const layers: LayerBar[] = Array.from({ length: 48 }, (_, index) => ({
  layer: 352_255 + index,
  at: NOW - (47 - index) * 300_000,
  state: index < 45 ? "verified" : index < 47 ? "applied" : "current",
  transactions: index === 26 ? 0 : 20 + index,
  ...(index === 40 ? { own: "drawn" as const } : {}),
}));

describe("LayerStrip", () => {
  it("says the whole strip in one sentence", () => {
    show(<LayerStrip layers={layers} />);
    expect(screen.getByRole("group", { name: "Last 48 layers, 45 verified, 1 empty" })).toBeVisible();
  });

  it("is one tab stop; arrow keys walk the layers and Enter opens one", async () => {
    const user = userEvent.setup();
    const onOpen = vi.fn();
    show(<LayerStrip layers={layers} onOpen={onOpen} />);
    await user.tab();
    expect(screen.getByRole("button", { name: "Layer 352,302, today 15:32, being made, 67 transactions" })).toHaveFocus();
    await user.keyboard("{ArrowLeft}{ArrowLeft}{Enter}");
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(352_300);
    await user.keyboard("{Home}");
    expect(screen.getByRole("button", { name: /^Layer 352,255/ })).toHaveFocus();
  });

  it("has the same facts as a table", async () => {
    const user = userEvent.setup();
    show(<LayerStrip layers={layers} />);
    expect(screen.queryByRole("table")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show as table" }));
    const rows = within(screen.getByRole("table", { name: "Layers, oldest first" })).getAllByRole("row");
    expect(rows).toHaveLength(49);
    expect(rows[41]).toHaveTextContent("352,295today 14:57verified60drawn for you");
  });
});

describe("EpochTimeline", () => {
  const start = Date.UTC(2026, 10, 13, 8);
  const facts = {
    epoch: 87,
    start,
    end: start + 14 * 24 * HOUR,
    rounds: [
      { round: 86, from: start - 108 * HOUR, until: start + 228 * HOUR },
      { round: 87, from: start + 240 * HOUR, until: start + 576 * HOUR },
    ],
    window: { from: start + 228 * HOUR, until: start + 240 * HOUR },
  };

  it("names the epoch, now and the proof window", () => {
    show(<EpochTimeline {...facts} />);
    expect(
      screen.getByRole("img", {
        name: "Epoch 87 from Fri 09:00 to Fri 27 Nov 09:00. Now today 15:32. Proof window Sun 21:00 to Mon 09:00.",
      }),
    ).toBeVisible();
  });

  it("lists everything it draws in order of time", async () => {
    const user = userEvent.setup();
    show(
      <EpochTimeline
        {...facts}
        duties={[
          { at: NOW + 3 * HOUR, what: "Tower drawn, layer 352,337", state: "next", cost: "about 1.6 SMH" },
          { at: start + HOUR, what: "Archive drawn, layer 350,800", state: "missed" },
        ]}
      />,
    );
    await user.click(screen.getByRole("button", { name: "Show as table" }));
    const rows = within(screen.getByRole("table")).getAllByRole("row").slice(1);
    expect(rows.map((row) => row.textContent)).toEqual([
      "Fri 09:00Epoch 87 begins",
      "Fri 10:00Archive drawn, layer 350,800, missed",
      "today 18:32Tower drawn, layer 352,337, nextabout 1.6 SMH",
      "Sun 21:00Proof window",
      "Mon 09:00PoET round 87",
      "Fri 27 Nov 09:00Epoch 88 begins",
    ]);
  });
});

describe("WindowLens", () => {
  it("says each identity's part of the window", () => {
    const from = NOW + 100 * HOUR;
    show(
      <WindowLens
        from={from}
        until={from + 12 * HOUR}
        registerFrom={from + 11 * HOUR}
        rows={[
          { name: "Tower, 1 TiB", from, until: from + HOUR / 3, state: "forecast", text: "20 min" },
          { name: "Archive, 4 TiB", from, until: from + 13 * HOUR, state: "late", text: "13 h" },
        ]}
      />,
    );
    expect(screen.getByRole("img", { name: /^Proof window .*Tower, 1 TiB: 20 min\. Archive, 4 TiB: 13 h\.$/ })).toBeVisible();
  });
});

describe("TaskProgress", () => {
  it("is a progress bar with its text, and announces quarters but not each step", () => {
    const task = (fraction: number) => (
      <TaskProgress title="Filling 256 GiB" state="running" fraction={fraction} percent={`${(fraction * 100).toFixed(1)} %`} />
    );
    const { rerender } = render(task(0.241));
    const bar = screen.getByRole("progressbar", { name: "Filling 256 GiB" });
    expect(bar).toHaveAttribute("aria-valuenow", "24");
    expect(bar).toHaveAttribute("aria-valuetext", "24.1 %");
    expect(screen.getByRole("status")).toHaveTextContent("");
    rerender(task(0.249));
    expect(screen.getByRole("status")).toHaveTextContent("");
    rerender(task(0.251));
    expect(screen.getByRole("status")).toHaveTextContent("Filling 256 GiB: 25 %");
  });

  it("announces a change of state", () => {
    const { rerender } = render(<TaskProgress title="Filling" state="running" fraction={0.3} percent="30.0 %" />);
    rerender(<TaskProgress title="Filling" state="paused" fraction={0.3} percent="30.0 %" />);
    expect(screen.getByRole("status")).toHaveTextContent("Filling: paused");
  });

  it("has no number where no end is known", () => {
    render(<TaskProgress title="Looking for peers" state="noEnd" fraction={0} percent="0.0 %" />);
    expect(screen.getByRole("progressbar")).not.toHaveAttribute("aria-valuenow");
    expect(screen.getByText("no end time yet")).toBeVisible();
  });
});

describe("PhaseList", () => {
  it("marks the phase that runs", () => {
    render(
      <PhaseList
        label="Sync"
        phases={[
          { id: "start", name: "Start", state: "done", end: "took 2 s" },
          { id: "peers", name: "Find peers", state: "running", figures: "2 of 8", fraction: 0.25 },
          { id: "atx", name: "Activations", state: "waiting" },
        ]}
      />,
    );
    const items = within(screen.getByRole("list", { name: "Sync" })).getAllByRole("listitem");
    expect(items.map((item) => item.getAttribute("aria-current"))).toEqual([null, "step", null]);
    expect(screen.getByRole("progressbar", { name: "Find peers" })).toHaveAttribute("aria-valuenow", "25");
  });
});

describe("DiskBar", () => {
  function Sized() {
    const [units, setUnits] = useState(4);
    return (
      <DiskBar drive="Drive D:" total={931n * GIB} used={388n * GIB} unit={64n * GIB} units={units} min={4} max={7} detents={[6]} onChange={setUnits} />
    );
  }

  it("is a slider in whole units that stays between its limits", async () => {
    const user = userEvent.setup();
    show(<Sized />);
    const slider = screen.getByRole("slider", { name: "Size of the committed space" });
    expect(slider).toHaveAttribute("aria-valuetext", "256 GiB, 4 units");
    slider.focus();
    await user.keyboard("{ArrowLeft}");
    expect(slider).toHaveAttribute("aria-valuenow", "4");
    await user.keyboard("{ArrowRight}");
    expect(slider).toHaveAttribute("aria-valuetext", "320 GiB, 5 units");
    await user.keyboard("{PageUp}");
    expect(slider).toHaveAttribute("aria-valuenow", "6");
    await user.keyboard("{End}{ArrowUp}");
    expect(slider).toHaveAttribute("aria-valuenow", "7");
    await user.keyboard("{Home}");
    expect(slider).toHaveAttribute("aria-valuenow", "4");
    expect(screen.getByText("stays free 287 GiB")).toBeVisible();
  });

  it("is a picture with a sentence where the size cannot change", () => {
    show(<DiskBar drive="Drive D:" total={100n} used={40n} unit={10n} units={2} min={1} max={4} />);
    expect(screen.getByRole("img", { name: "Drive D:: 40 B in use, 20 B for Spacemesh, 40 B stay free" })).toBeVisible();
    expect(screen.queryByRole("slider")).toBeNull();
  });

  it("stays sane on a drive that became smaller than its content", () => {
    show(<DiskBar drive="D" total={10n} used={8n} unit={4n} units={2} min={1} max={2} />);
    expect(screen.getByText("stays free 0 B")).toBeVisible();
  });
});

describe("RangeMap", () => {
  it("counts its files by state", () => {
    show(
      <RangeMap
        vrfFile={1}
        files={[
          { index: 0, state: "complete" },
          { index: 1, state: "complete" },
          { index: 2, state: "writing", fraction: 0.5 },
          { index: 3, state: "todo" },
        ]}
      />,
    );
    expect(screen.getByRole("img", { name: "4 files: 2 complete, 1 being written, 1 to do" })).toBeVisible();
  });

  it("shows the one damaged file among 4096", async () => {
    const user = userEvent.setup();
    show(<RangeMap files={Array.from({ length: 4096 }, (_, index) => ({ index, state: index === 309 ? ("bad" as const) : ("complete" as const) }))} />);
    expect(screen.getByRole("img", { name: "4096 files: 4095 complete, 1 with bad labels" })).toBeVisible();
    expect(document.querySelectorAll('rect[fill="var(--c-danger)"]')).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Show as table" }));
    expect(screen.getAllByRole("row").map((row) => row.textContent)).toEqual([
      "FileStateDone",
      "files 0 to 308complete100 %",
      "file 309damaged0 %",
      "files 310 to 4,095complete100 %",
    ]);
  });
});

describe("SpeedBar", () => {
  it("tells the proof, the window and its 70 %", () => {
    show(<SpeedBar proof={25_080} window={43_200} />);
    expect(screen.getByRole("img", { name: "A proof takes 6 h 58 min of the 12 h window; 70 % is 8 h 24 min." })).toBeVisible();
  });
});
