/** Contacts. */
import type { Route } from "../../app/routes";
import { Contacts } from "./Contacts";

export const contactsRoutes: readonly Route[] = [{ path: "/contacts", page: Contacts, needsWallet: true }];
