/** The gallery is a tool for looking; only its page title is a sentence of the interface. */
export const gallery = {
  title: "Components and states",
} as const;
