/** Settings. */
import type { Route } from "../../app/routes";
import { Settings } from "./Settings";

export const settingsRoutes: readonly Route[] = [
  { path: "/settings", page: Settings },
  { path: "/settings/:page", page: Settings },
];
