/** The browser: `POST /api/call/<name>` and a WebSocket at `/api/changes`, both on the origin of the page, with its session cookie. */
import type { Change } from "../bindings";
import type { Backend, Connection, Result } from "./backend";
import { CommandError, isErrorBody } from "./error";

/** Pauses between tries to connect, in milliseconds; the last one repeats. */
const RETRY_MS = [250, 500, 1000, 2000, 5000];

/** The backend of the loopback server. */
export function httpBackend(origin: string = window.location.origin): Backend {
  const changes = new Set<(change: Change) => void>();
  const connections = new Set<(connection: Connection) => void>();
  let connection: Connection = "open";
  let tries = 0;
  let socket: WebSocket | undefined;

  const tell = (next: Connection) => {
    if (next === connection && next !== "open") return;
    connection = next;
    connections.forEach((listener) => listener(next));
  };

  const connect = () => {
    const address = new URL("/api/changes", origin);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    const opening = new WebSocket(address);
    socket = opening;
    opening.onopen = () => {
      tries = 0;
      tell("open");
    };
    opening.onmessage = (event) => {
      if (typeof event.data !== "string") return;
      const change = JSON.parse(event.data) as Change;
      changes.forEach((listener) => listener(change));
    };
    opening.onclose = () => {
      // The stream of a page that is not signed in is refused too; that it is not signed in says more.
      if (connection !== "denied") tell("lost");
      const pause = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)] ?? 5000;
      tries += 1;
      setTimeout(connect, pause);
    };
  };

  return {
    async call(name, ...args) {
      let response: Response;
      try {
        response = await fetch(new URL(`/api/call/${name}`, origin), {
          method: "POST",
          credentials: "same-origin",
          cache: "no-store",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(args[0] ?? {}),
        });
      } catch {
        tell("lost");
        throw new CommandError({ code: "not_answering", message: "", cost: "", remedy: "" });
      }
      if (response.status === 401 || response.status === 403) tell("denied");
      const body: unknown = await response.json().catch(() => undefined);
      if (response.ok) return body as Result<typeof name>;
      throw isErrorBody(body) ? new CommandError(body) : new CommandError({ code: `http_${response.status}`, message: response.statusText, cost: "", remedy: "" });
    },
    onChange(listener) {
      changes.add(listener);
      if (socket === undefined) connect();
      return () => {
        changes.delete(listener);
      };
    },
    onConnection(listener) {
      connections.add(listener);
      listener(connection);
      return () => {
        connections.delete(listener);
      };
    },
  };
}
