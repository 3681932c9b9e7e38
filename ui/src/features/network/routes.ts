/** The network pages. */
import type { Route } from "../../app/routes";
import { ConfigurationPage } from "./ConfigurationPage";
import { NetworkPage } from "./NetworkPage";

export const networkRoutes: readonly Route[] = [
  { path: "/network", page: NetworkPage },
  { path: "/network/configuration", page: ConfigurationPage },
];
