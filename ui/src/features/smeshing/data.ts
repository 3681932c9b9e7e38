/**
 * What the smeshing pages know, and how it stays fresh.
 *
 * Tasks and measurements move several times a second: their changes carry the content, which goes into the cache as it is. Everything
 * else is asked again when a change makes it stale.
 */
import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { ForecastView, IdentityView, NetworkView, ProposalView, SmeshingView, SpaceView, TaskView } from "../../bindings";
import type { RangeFile } from "../../components/instruments";
import { useBackend, useData, useOnChange } from "../../transport";
import { rememberRates } from "./rates";

/** The smeshing page's facts, with tasks as they move. */
export function useSmeshing() {
  const client = useQueryClient();
  const onTask = useCallback(
    ({ task }: { task: TaskView }) => {
      rememberRates(task);
      client.setQueryData<SmeshingView>(["smeshing"], (view) => (view === undefined ? view : withTask(view, task)));
    },
    [client],
  );
  useOnChange("task", onTask);
  return useData("smeshing");
}

/** The view with one task as it stands; a task it does not know yet is left to the `smeshing` change that follows. */
export function withTask(view: SmeshingView, task: TaskView): SmeshingView {
  return { ...view, tasks: view.tasks.map((each) => (each.id === task.id ? task : each)) };
}

/** What was measured so far, alive while measuring. */
export function useProposal() {
  const client = useQueryClient();
  const onMeasurement = useCallback(
    ({ proposal }: { proposal: ProposalView }) => {
      client.setQueryData<ProposalView>(["proposal"], proposal);
    },
    [client],
  );
  useOnChange("measurement", onMeasurement);
  return useData("proposal");
}

/** Forecasts for several choices of nonces and threads at one size, once something was measured. */
export function useForecasts(units: number, choices: readonly { nonces: number; threads: number }[], measured: boolean): (ForecastView | undefined)[] {
  const backend = useBackend();
  return useQueries({
    queries: choices.map(({ nonces, threads }) => {
      const args = { units, providers: [], nonces, threads };
      return { queryKey: ["forecast", args], queryFn: () => backend.call("forecast", args), enabled: measured };
    }),
  }).map((query) => query.data);
}

/** The identity of an id, if it still exists. */
export function findIdentity(view: SmeshingView, id: string): IdentityView | undefined {
  return view.identities.find((each) => each.id === id);
}

/** The task at work on an identity: the one it names, else the latest of the wanted kinds. */
export function taskOf(view: SmeshingView, identity: IdentityView, kinds: readonly TaskView["kind"][]): TaskView | undefined {
  const fitting = view.tasks.filter((task) => task.identity === identity.id && kinds.includes(task.kind));
  return fitting.find((task) => task.id === identity.task) ?? fitting.at(-1);
}

/** Whether a task is still to be ended, by itself or by the person. */
export function isOpen(task: TaskView): boolean {
  return task.state === "starting" || task.state === "running" || task.state === "pausing" || task.state === "paused";
}

/** The ranges of a space, file by file, as the map draws them. */
export function rangeFiles(space: SpaceView): RangeFile[] {
  return space.ranges.flatMap((range) =>
    Array.from({ length: range.lastFile - range.firstFile + 1 }, (_, index) => ({
      index: range.firstFile + index,
      state: range.state,
      fraction: range.share,
    })),
  );
}

/** How many files a space has, and how many are complete. */
export function fileCounts(space: SpaceView): { total: number; complete: number } {
  const files = (range: SpaceView["ranges"][number]): number => range.lastFile - range.firstFile + 1;
  return {
    total: space.ranges.reduce((sum, range) => sum + files(range), 0),
    complete: space.ranges.filter((range) => range.state === "complete").reduce((sum, range) => sum + files(range), 0),
  };
}

/** The first characters of an id, enough to tell identities apart. */
export function shortId(id: string): string {
  return `${id.slice(0, 8)}…`;
}

/** The epoch in the form the timeline draws; absent before genesis. */
export function epochOf(network: NetworkView) {
  const { epoch, epochStartsAt, epochEndsAt } = network;
  if (epoch === null || epochStartsAt === null || epochEndsAt === null) {
    return undefined;
  }
  const start = Date.parse(epochStartsAt);
  const window = network.windows.find((each) => each.kind === "proof_window");
  return {
    epoch,
    start,
    end: Date.parse(epochEndsAt),
    rounds: network.windows
      .filter((each) => each.kind === "poet_round")
      .map((each) => {
        const from = Date.parse(each.startsAt);
        // A round is named after the epoch in which it begins.
        return { round: from < start ? epoch - 1 : epoch, from, until: Date.parse(each.endsAt), registered: false };
      }),
    ...(window === undefined ? {} : { window: { from: Date.parse(window.startsAt), until: Date.parse(window.endsAt) } }),
  };
}
