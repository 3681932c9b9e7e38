/**
 * The backend of this page, and the cache of queries that its changes make stale. No timer asks anything again: data is as old as the last
 * change that concerned it (`staleAfter`, declared in Rust).
 */
import {
  keepPreviousData,
  QueryClient,
  QueryClientProvider,
  skipToken,
  useMutation,
  useQuery,
  type UseMutationResult,
  type UseQueryResult,
} from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { needsUnlocked, staleAfter, type Change, type Commands } from "../bindings";
import type { Args, Backend, CommandName, Connection, Result } from "./backend";
import { httpBackend } from "./http";
import { inWindow, tauriBackend } from "./tauri";

const BackendContext = createContext<Backend | undefined>(undefined);

/** The backend that fits where this page runs. */
export function chooseBackend(): Backend {
  return inWindow() ? tauriBackend() : httpBackend();
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: Infinity, gcTime: 5 * 60_000, retry: false, refetchOnWindowFocus: false, refetchOnReconnect: false, networkMode: "always" },
      mutations: { retry: false, gcTime: 0, networkMode: "always" },
    },
  });
}

/**
 * Commands whose result is the session: the page knows it at once, without waiting for the change on the other channel. `activity` is left out,
 * its answer may be older than a lock that was already heard.
 */
const sessionCommands: ReadonlySet<CommandName> = new Set<CommandName>([
  "unlock",
  "lock",
  "create_wallet",
  "restore_wallet",
  "import_wallet",
  "create_watch_wallet",
  "rename_wallet",
  "change_password",
]);

function withSession(backend: Backend, client: QueryClient): Backend {
  return {
    ...backend,
    call: (name, ...args) =>
      backend.call(name, ...args).then((result) => {
        if (sessionCommands.has(name)) client.setQueryData(["session"], result);
        return result;
      }),
  };
}

/** Gives the pages their backend and keeps the cache as fresh as the stream says. */
export function BackendProvider({ backend, children }: { backend: Backend; children: ReactNode }) {
  const [client] = useState(newQueryClient);
  useEffect(
    () =>
      backend.onChange((change) => {
        if (change.kind === "session") {
          client.setQueryData(["session"], change.session);
          // What belongs to an open wallet leaves the page with it.
          if (change.session.state !== "unlocked") for (const name of needsUnlocked) client.removeQueries({ queryKey: [name] });
        }
        const stale = staleAfter[change.kind];
        if (stale === "*") void client.invalidateQueries();
        else for (const name of stale) void client.invalidateQueries({ queryKey: [name] });
      }),
    [backend, client],
  );
  useEffect(() => {
    // What changed while the stream was down is unknown: everything is asked again when it is back.
    let lost = false;
    return backend.onConnection((connection) => {
      if (connection === "open" && lost) void client.invalidateQueries();
      lost = connection !== "open";
    });
  }, [backend, client]);
  const immediate = useMemo(() => withSession(backend, client), [backend, client]);
  return (
    <BackendContext value={immediate}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </BackendContext>
  );
}

/** The backend itself, for calls whose result must not be cached: secrets. */
export function useBackend(): Backend {
  const backend = useContext(BackendContext);
  if (backend === undefined) throw new Error("no BackendProvider above");
  return backend;
}

/** Whether the program answers, alive. */
export function useConnection(): Connection {
  const backend = useBackend();
  const [store] = useState(() => {
    let value: Connection = "open";
    return {
      subscribe: (listener: () => void) =>
        backend.onConnection((next) => {
          value = next;
          listener();
        }),
      get: () => value,
    };
  });
  return useSyncExternalStore(store.subscribe, store.get);
}

/** Asks a command without effect; the answer lives in the cache until a change makes it stale. Never for secrets. */
export function useData<Name extends CommandName>(name: Name, ...args: Args<Name>): UseQueryResult<Result<Name>, unknown> {
  const backend = useBackend();
  return useQuery<Result<Name>, unknown>({ queryKey: [name, ...args], queryFn: () => backend.call(name, ...args) });
}

/** As `useData`, but only asked once `args` are there. */
export function useDataWhen<Name extends CommandName>(name: Name, args: Args<Name> | undefined): UseQueryResult<Result<Name>, unknown> {
  const backend = useBackend();
  return useQuery<Result<Name>, unknown>({
    queryKey: args === undefined ? [name, "not asked"] : [name, ...args],
    queryFn: args === undefined ? skipToken : () => backend.call(name, ...args),
    placeholderData: keepPreviousData,
  });
}

/** What a command's `mutate` takes: its arguments, or nothing. */
// eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- lets `mutate()` be called without an argument
export type Variables<Name extends CommandName> = Commands[Name] extends () => unknown ? void : Args<Name>[0];

/** A command with an effect. Arguments and result are forgotten with the component. */
export function useCommand<Name extends CommandName>(name: Name): UseMutationResult<Result<Name>, unknown, Variables<Name>> {
  const backend = useBackend();
  return useMutation<Result<Name>, unknown, Variables<Name>>({
    mutationFn: (args) => backend.call(name, ...((args === undefined ? [] : [args]) as Args<Name>)),
  });
}

/** What a component sees of a command that carries a secret. */
export interface SecretCommand<Name extends CommandName> {
  mutate: (args: Args<Name>[0], then?: { onSuccess?: (result: Result<Name>) => void; onSettled?: () => void }) => void;
  reset: () => void;
  isPending: boolean;
  isError: boolean;
  error: unknown;
}

/** As `useCommand`, for arguments with passwords, words or keys: no cache ever holds them, they are gone when the call has returned. */
export function useSecretCommand<Name extends CommandName>(name: Name): SecretCommand<Name> {
  const backend = useBackend();
  const [state, setState] = useState<{ pending: boolean; error: unknown }>({ pending: false, error: null });
  const call = backend.call as (name: Name, args: Args<Name>[0]) => Promise<Result<Name>>;
  return {
    mutate: (args, then) => {
      setState({ pending: true, error: null });
      call(name, args)
        .then(
          (result) => {
            setState({ pending: false, error: null });
            then?.onSuccess?.(result);
          },
          (error: unknown) => setState({ pending: false, error }),
        )
        .finally(() => then?.onSettled?.());
    },
    reset: () => setState({ pending: false, error: null }),
    isPending: state.pending,
    isError: state.error !== null,
    error: state.error,
  };
}

/** Hears changes of one kind while the component is shown. */
export function useOnChange<Kind extends Change["kind"]>(kind: Kind, listener: (change: Extract<Change, { kind: Kind }>) => void): void {
  const backend = useBackend();
  useEffect(
    () =>
      backend.onChange((change) => {
        if (change.kind === kind) listener(change as Extract<Change, { kind: Kind }>);
      }),
    [backend, kind, listener],
  );
}

export type { Args, Backend, CommandName, Result } from "./backend";
export { CommandError, errorParts } from "./error";
