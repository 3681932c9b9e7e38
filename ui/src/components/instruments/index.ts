/** The drawn instruments: own SVG, laid out for the measured width, each with a sentence as label and a table as twin. */
export * from "./DiskBar";
export * from "./EpochTimeline";
export * from "./LayerStrip";
export * from "./PhaseList";
export * from "./RangeMap";
export * from "./Sparkline";
export * from "./SpeedBar";
export * from "./TaskProgress";
export * from "./WindowLens";
