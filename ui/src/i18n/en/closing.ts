/** The question when the window closes; its sentences come from the program. */
export const closing = {
  legend: "What should happen",
  remember: "Remember this",
  cancel: "Cancel",
} as const;
