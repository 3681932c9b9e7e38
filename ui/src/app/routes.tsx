/** The pages: which path shows what, and what it needs. Areas bring their own lists. */
import { lazy, type ComponentType, type LazyExoticComponent } from "react";
import { contactsRoutes } from "../features/contacts/routes";
import { networkRoutes } from "../features/network/routes";
import { onboardingRoutes } from "../features/onboarding/routes";
import { settingsRoutes } from "../features/settings/routes";
import { smeshingRoutes } from "../features/smeshing/routes";
import { walletRoutes } from "../features/wallet/routes";

/** One page. */
export interface Route {
  /** Pattern, such as `/wallet/accounts/:id`. More exact patterns come first. */
  path: string;
  page: ComponentType | LazyExoticComponent<ComponentType>;
  /** Shown only while a wallet is open; otherwise the unlock screen stands in its place. */
  needsWallet?: boolean;
  /** Fills the window, without rail and status bar. */
  solo?: boolean;
}

/** Every component in all its states, for looking at; not in what is shipped. */
const gallery: readonly Route[] =
  import.meta.env.MODE === "production"
    ? []
    : [{ path: "/gallery", page: lazy(() => import("../features/gallery/Gallery").then((module) => ({ default: module.Gallery }))) }];

/** All pages, in the order in which they are tried. */
export const routes: readonly Route[] = [
  ...onboardingRoutes,
  ...walletRoutes,
  ...contactsRoutes,
  ...smeshingRoutes,
  ...networkRoutes,
  ...settingsRoutes,
  ...gallery,
];
