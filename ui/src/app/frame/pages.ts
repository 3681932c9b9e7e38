/** The pages of the rail and the tab bar. Only pages with content are listed. */
import type { IconName } from "../../components/Icon";

/** An entry. */
export interface FramePage {
  to: string;
  icon: IconName;
  label: `frame:pages.${"wallet" | "smeshing" | "network" | "contacts" | "settings"}`;
}

/** In the order of `Ctrl 1` to `Ctrl 4`. */
export const pages: readonly FramePage[] = [
  { to: "/wallet", icon: "wallet", label: "frame:pages.wallet" },
  { to: "/smeshing", icon: "smeshing", label: "frame:pages.smeshing" },
  { to: "/network", icon: "network", label: "frame:pages.network" },
  { to: "/contacts", icon: "contacts", label: "frame:pages.contacts" },
];

/** At the foot of the rail. */
export const settingsPage: FramePage = { to: "/settings", icon: "settings", label: "frame:pages.settings" };
