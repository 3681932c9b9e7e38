/** How amounts are drawn, from the settings of the app: as dots (the eye of the overview), in SMH or in smidge. */
import { createContext, useContext } from "react";
import type { AmountUnit } from "../bindings";

/** Whether amounts are hidden. Set by the frame from the settings. */
export const AmountsHiddenContext = createContext(false);

/** The unit of amounts. Set by the frame from the settings. */
export const AmountUnitContext = createContext<AmountUnit>("smh");

/** Whether amounts are hidden. */
export function useAmountsHidden(): boolean {
  return useContext(AmountsHiddenContext);
}

/** The unit that is drawn. */
export function useAmountUnit(): "SMH" | "smidge" {
  return useContext(AmountUnitContext) === "smh" ? "SMH" : "smidge";
}
