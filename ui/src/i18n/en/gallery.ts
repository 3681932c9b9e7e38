/** Heads of the gallery; it is a tool for looking, not a page of the program. */
export const gallery = {
  title: "Components and states",
  words: "{{text}}",
} as const;
