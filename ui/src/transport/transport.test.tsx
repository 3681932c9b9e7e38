/** Commands and changes over HTTP, and how changes make queries stale. */
import { act, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Change } from "../bindings";
import { openWallet, unlocked } from "../test/facts";
import { simulatedBackend } from "../test/simulated";
import { BackendProvider, useData } from ".";
import type { Connection } from "./backend";
import { CommandError } from "./error";
import { httpBackend } from "./http";

class FakeSocket {
  static all: FakeSocket[] = [];
  onopen?: () => void;
  onclose?: () => void;
  onmessage?: (event: { data: unknown }) => void;
  readonly url: string;
  constructor(url: URL) {
    this.url = url.toString();
    FakeSocket.all.push(this);
  }
}

function answerWith(status: number, body: unknown) {
  const fetched = vi.fn<(address: URL, options: RequestInit) => Promise<Response>>(() => Promise.resolve(new Response(JSON.stringify(body), { status })));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

beforeEach(() => {
  FakeSocket.all = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.useFakeTimers({ shouldAdvanceTime: true });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("commands over HTTP", () => {
  it("are posted by name with their arguments and nothing in the address", async () => {
    const fetched = answerWith(200, unlocked);
    await expect(httpBackend("http://127.0.0.1:4321").call("unlock", { wallet: "main", password: "secret" })).resolves.toEqual(unlocked);
    const [address, options] = fetched.mock.calls[0] ?? [];
    expect(String(address)).toBe("http://127.0.0.1:4321/api/call/unlock");
    expect(options).toMatchObject({ method: "POST", credentials: "same-origin", body: '{"wallet":"main","password":"secret"}' });
  });

  it("fail with all parts of the error", async () => {
    answerWith(400, { code: "locked", message: "The wallet is locked.", cost: "Nothing was done.", remedy: "Unlock it.", field: null, retryAfterSeconds: 3 });
    const error = await httpBackend("http://x").call("accounts").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({ code: "locked", message: "The wallet is locked.", cost: "Nothing was done.", remedy: "Unlock it.", retryAfterSeconds: 3 });
  });

  it("tell when the page is not signed in and when nobody answers", async () => {
    const heard: Connection[] = [];
    answerWith(401, {});
    const backend = httpBackend("http://x");
    backend.onConnection((connection) => heard.push(connection));
    await backend.call("session").catch(() => undefined);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("refused")));
    await backend.call("session").catch(() => undefined);
    expect(heard).toEqual(["open", "denied", "lost"]);
  });
});

describe("changes over the WebSocket", () => {
  it("arrive, and the socket comes back by itself", () => {
    const changes: Change[] = [];
    const heard: Connection[] = [];
    const backend = httpBackend("http://127.0.0.1:4321");
    backend.onConnection((connection) => heard.push(connection));
    backend.onChange((change) => changes.push(change));
    expect(FakeSocket.all[0]?.url).toBe("ws://127.0.0.1:4321/api/changes");
    FakeSocket.all[0]?.onopen?.();
    FakeSocket.all[0]?.onmessage?.({ data: '{"kind":"wallets"}' });
    expect(changes).toEqual([{ kind: "wallets" }]);
    FakeSocket.all[0]?.onclose?.();
    expect(FakeSocket.all).toHaveLength(1);
    vi.advanceTimersByTime(250);
    expect(FakeSocket.all).toHaveLength(2);
    FakeSocket.all[1]?.onopen?.();
    expect(heard.at(-1)).toBe("open");
  });
});

describe("queries", () => {
  function Names() {
    const contacts = useData("contacts").data ?? [];
    return <p>{contacts.map((contact) => contact.name).join(", ")}</p>;
  }

  it("are asked again after the changes that concern them, and only then", async () => {
    const backend = simulatedBackend(openWallet);
    render(
      <BackendProvider backend={backend}>
        <Names />
      </BackendProvider>,
    );
    await screen.findByText("Anna");
    const asked = () => backend.calls.filter((call) => call.name === "contacts").length;
    expect(asked()).toBe(1);
    act(() => backend.emit({ kind: "wallets" }));
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(asked()).toBe(1);
    backend.answer({ contacts: [] });
    act(() => backend.emit({ kind: "contacts" }));
    await waitFor(() => expect(asked()).toBe(2));
    act(() => backend.emit({ kind: "lagged" }));
    await waitFor(() => expect(asked()).toBe(3));
  });
});
