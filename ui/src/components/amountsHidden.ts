/** Whether amounts are drawn as dots: the eye of the overview, kept in the settings of the app. */
import { createContext, useContext } from "react";

/** Set by the frame from the settings. */
export const AmountsHiddenContext = createContext(false);

/** Whether amounts are hidden. */
export function useAmountsHidden(): boolean {
  return useContext(AmountsHiddenContext);
}
