/** The English catalogue, one namespace per file. */
import { closing } from "./closing";
import { components } from "./components";
import { contacts } from "./contacts";
import { format } from "./format";
import { frame } from "./frame";
import { gallery } from "./gallery";
import { instruments } from "./instruments";
import { network } from "./network";
import { onboarding } from "./onboarding";
import { settings } from "./settings";
import { smeshing } from "./smeshing";
import { wallet } from "./wallet";

export const en = { closing, components, contacts, format, frame, gallery, instruments, network, onboarding, settings, smeshing, wallet } as const;
