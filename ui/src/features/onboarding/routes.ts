/** First start and unlocking: flows that fill the window. */
import type { Route } from "../../app/routes";
import { CreateWallet } from "./CreateWallet";
import { OpenFile } from "./OpenFile";
import { RestoreWallet } from "./RestoreWallet";
import { Unlock } from "./Unlock";
import { WatchAddresses } from "./WatchAddresses";
import { Welcome } from "./Welcome";

export const onboardingRoutes: readonly Route[] = [
  { path: "/start", page: Welcome, solo: true },
  { path: "/start/create", page: CreateWallet, solo: true },
  { path: "/start/restore", page: RestoreWallet, solo: true },
  { path: "/start/open", page: OpenFile, solo: true },
  { path: "/start/watch", page: WatchAddresses, solo: true },
  { path: "/unlock", page: Unlock, solo: true },
];
