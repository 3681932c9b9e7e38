/** Times, durations, sizes, rates and counts, written one way everywhere. */
export * from "./clock";
export * from "./size";
export * from "./time";
