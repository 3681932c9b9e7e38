/** Chooses the page for the address and what stands in its place while the wallet is locked or missing. */
import { MantineProvider } from "@mantine/core";
import { Suspense, useEffect, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { AmountsHiddenContext, AmountUnitContext } from "../components/amountsHidden";
import { ErrorPanel } from "../components/ErrorPanel";
import { Page } from "../components/layout/Page";
import { CloseDialog } from "../features/closing/CloseDialog";
import { Unlock } from "../features/onboarding/Unlock";
import { ClockProvider, systemZone } from "../format";
import { chooseLanguage } from "../i18n";
import { BackendProvider, useData, type Backend } from "../transport";
import { pageReady } from "../transport/shell";
import { ErrorBoundary } from "./ErrorBoundary";
import { Frame } from "./frame/Frame";
import { Link, matchPath, ParamsProvider, Redirect, useLocation } from "./router";
import { routes, type Route } from "./routes";
import { setThemeChoice, theme, useColorScheme, useThemeChoice } from "./theme";

/** The application on a backend. */
export function App({ backend }: { backend: Backend }) {
  return (
    <BackendProvider backend={backend}>
      <Look>
        <Pages />
      </Look>
    </BackendProvider>
  );
}

/** Theme, zone and hidden amounts from the settings; Mantine without any inline style sheet. */
function Look({ children }: { children: ReactNode }) {
  const scheme = useColorScheme();
  const choice = useThemeChoice();
  const settings = useData("settings").data;
  const wanted = settings?.theme;
  useEffect(() => {
    if (wanted !== undefined && wanted !== choice) setThemeChoice(wanted);
    // Only when the settings arrive or change: a choice made here is on its way to them.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [wanted]);
  const language = settings?.language;
  useEffect(() => {
    if (language !== undefined) chooseLanguage(language);
  }, [language]);
  return (
    <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false} withStaticClasses>
      <ClockProvider zone={settings?.timeZone === "utc" ? "UTC" : systemZone()}>
        <AmountsHiddenContext value={settings?.hideAmounts ?? false}>
          <AmountUnitContext value={settings?.unit ?? "smh"}>
            <ErrorBoundary>{children}</ErrorBoundary>
          </AmountUnitContext>
        </AmountsHiddenContext>
      </ClockProvider>
    </MantineProvider>
  );
}

function find(path: string): { route: Route; params: Readonly<Record<string, string>> } | undefined {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

function Pages() {
  const { t } = useTranslation();
  const { path, query } = useLocation();
  useEffect(pageReady, []);
  const app = useData("app_state");
  const session = useData("session");
  const error = app.error ?? session.error;

  if (session.data === undefined || app.data === undefined) {
    if (error === null) return null;
    return (
      <Frame solo>
        <Page title={t("frame:product")}>
          <ErrorPanel error={error} />
        </Page>
      </Frame>
    );
  }
  const state = session.data.state;
  if (path === "/") return <Redirect to={state === "no_wallet" && app.data.firstStart ? "/start" : "/wallet"} />;

  const found = find(path);
  if (found?.route.needsWallet === true && state === "no_wallet") return <Redirect to="/start" />;
  const locked = found?.route.needsWallet === true && state === "locked";
  const Shown = locked ? Unlock : (found?.route.page ?? NotFound);
  return (
    <Frame solo={locked || found?.route.solo === true}>
      <ErrorBoundary key={path}>
        <ParamsProvider params={found?.params ?? {}}>
          <Suspense fallback={<p className="reader-only">{t("frame:loading")}</p>}>
            {/* Pages with the same component but another account, kind or dialog start afresh. */}
            <Shown key={locked ? "unlock" : `${path}?${query}`} />
          </Suspense>
        </ParamsProvider>
      </ErrorBoundary>
      <CloseDialog />
    </Frame>
  );
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <Page title={t("frame:pages.notFound")} under={t("frame:pages.notFoundText")}>
      <Link to="/wallet">{t("frame:pages.toWallet")}</Link>
    </Page>
  );
}
