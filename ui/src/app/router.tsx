/**
 * A router for one window: the page is the part after `#`, so the same build works from the window's own scheme and from the loopback server.
 * Nothing secret is ever put into an address. After each navigation the focus goes to the page's `h1` (see `Page`).
 */
import { createContext, useCallback, useContext, useEffect, useMemo, useSyncExternalStore, type AnchorHTMLAttributes, type ReactNode } from "react";

/** Where the window is: `/wallet/accounts/3?add=single`. */
export interface Location {
  /** Always begins with a slash, never ends with one. */
  path: string;
  query: URLSearchParams;
}

/** Values of the named parts of a path pattern. */
export type Params = Readonly<Record<string, string>>;

/** The location written in the fragment of an address. */
export function parseFragment(fragment: string): Location {
  const text = fragment.replace(/^#/, "");
  const [rawPath = "", rawQuery = ""] = text.split(/\?(.*)/s);
  const path = `/${rawPath.split("/").filter(Boolean).join("/")}`;
  return { path, query: new URLSearchParams(rawQuery) };
}

/** Compares a path with a pattern such as `/wallet/accounts/:id`; `undefined` when they differ. */
export function matchPath(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split("/").filter(Boolean);
  const given = path.split("/").filter(Boolean);
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) {
      const decoded = decodePart(value);
      if (decoded === undefined) return undefined;
      params[part.slice(1)] = decoded;
    } else if (part !== value) {
      return undefined;
    }
  }
  return params;
}

function decodePart(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener("hashchange", onChange);
  return () => window.removeEventListener("hashchange", onChange);
}

/** Goes to another page; `replace` leaves no entry to come back to. */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  const target = `#${to}`;
  if (window.location.hash === target) return;
  if (replace) {
    window.history.replaceState(null, "", target);
    window.dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    window.location.hash = target;
  }
}

/** One step back, or to `fallback` when there is nothing behind. */
export function goBack(fallback: string): void {
  if (window.history.length > 1) window.history.back();
  else navigate(fallback, { replace: true });
}

const ParamsContext = createContext<Params>({});

/** Gives the page the named parts of its path. */
export function ParamsProvider({ params, children }: { params: Params; children: ReactNode }) {
  return <ParamsContext value={params}>{children}</ParamsContext>;
}

/** The named parts of this page's path. */
export function useParams(): Params {
  return useContext(ParamsContext);
}

/** Where the window is, alive. */
export function useLocation(): Location {
  const fragment = useSyncExternalStore(subscribe, () => window.location.hash);
  return useMemo(() => parseFragment(fragment), [fragment]);
}

/** Goes to another page as soon as it is drawn. */
export function Redirect({ to }: { to: string }) {
  useEffect(() => navigate(to, { replace: true }), [to]);
  return null;
}

interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> {
  to: string;
}

/** A link inside the window. */
export function Link({ to, children, ...rest }: LinkProps) {
  return (
    <a href={`#${to}`} {...rest}>
      {children}
    </a>
  );
}

/** Whether `to` is this page or above it. */
export function useIsCurrent(): (to: string) => boolean {
  const { path } = useLocation();
  return useCallback((to: string) => path === to || path.startsWith(`${to}/`), [path]);
}
