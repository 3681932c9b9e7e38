/**
 * The real program of the tests: `spacemesh app` on a free port with a data folder of its own. `SPACEMESH_BIN` names the binary; otherwise the
 * debug build of this repository is used.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

/** A running program. */
export interface Program {
  /** The address with its one-time token; each call asks for a fresh one, because each works once. */
  address: () => Promise<string>;
  /** Where it keeps everything. */
  dataFolder: string;
  /** A folder beside it, for committed space and files of the test. */
  workFolder: string;
  /** What it wrote to standard output and error so far, without the addresses. */
  log: () => string;
  /** Ends it and removes its folders. */
  stop: () => Promise<void>;
}

function binary(): string {
  const wanted = process.env.SPACEMESH_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug", process.platform === "win32" ? "spacemesh.exe" : "spacemesh");
  if (!existsSync(wanted)) {
    throw new Error(`${wanted} does not exist. Build it with "cargo build -p spacemesh-cli", or name it in SPACEMESH_BIN.`);
  }
  return wanted;
}

const ADDRESS = /http:\/\/(?:127\.0\.0\.1|localhost):\d+\/\S*/g;

/** Starts the program and waits for its first address. */
export async function startProgram(environment: Record<string, string> = {}): Promise<Program> {
  const base = mkdtempSync(join(tmpdir(), "smapp-e2e-"));
  const dataFolder = join(base, "data");
  const workFolder = join(base, "work");
  const child = spawn(binary(), ["--data-folder", dataFolder, "--log", "debug", "app", "--port", "0"], {
    stdio: ["pipe", "pipe", "pipe"],
    // The home folder of the test is empty: no wallet of another program is found there.
    env: { ...process.env, HOME: base, XDG_CONFIG_HOME: join(base, "config"), XDG_DATA_HOME: join(base, "share"), ...environment },
  });
  const addresses: string[] = [];
  let log = "";
  let waiting: (() => void) | undefined;
  let ended = false;
  const hear = (chunk: Buffer) => {
    const text = chunk.toString("utf8");
    for (const [address] of text.matchAll(ADDRESS)) addresses.push(address);
    log += text.replace(ADDRESS, "(address)");
    waiting?.();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  child.on("exit", () => {
    ended = true;
    waiting?.();
  });
  const next = async (): Promise<string> => {
    for (;;) {
      const address = addresses.shift();
      if (address !== undefined) return address;
      if (ended) throw new Error(`the program ended before it printed an address:\n${log}`);
      await new Promise<void>((resolve) => {
        waiting = resolve;
      });
    }
  };
  let first: string | undefined = await next();
  return {
    address: async () => {
      if (first !== undefined) {
        const address = first;
        first = undefined;
        return address;
      }
      child.stdin.write("\n");
      return next();
    },
    dataFolder,
    workFolder,
    log: () => log,
    stop: async () => {
      await end(child);
      rmSync(base, { recursive: true, force: true });
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  child.kill("SIGTERM");
  await gone;
}
