/** The last rates of each device, for its line: kept in the page, since they are only drawn. */
import { useSyncExternalStore } from "react";
import type { TaskView } from "../../bindings";

const LENGTH = 120;
const EMPTY: readonly number[] = [];
const rates = new Map<string, readonly number[]>();
const listeners = new Set<() => void>();

function key(task: string, device: string): string {
  return `${task} ${device}`;
}

/** Appends what a task says about its devices; an ended task is forgotten. */
export function rememberRates(task: TaskView): void {
  for (const device of task.devices) {
    const name = key(task.id, device.id);
    if (task.state === "finished" || task.state === "cancelled") {
      rates.delete(name);
    } else if (device.rate !== null && task.state === "running") {
      rates.set(name, [...(rates.get(name) ?? EMPTY), device.rate].slice(-LENGTH));
    }
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** The last rates of one device, oldest first. */
export function useRates(task: string, device: string): readonly number[] {
  return useSyncExternalStore(subscribe, () => rates.get(key(task, device)) ?? EMPTY);
}
