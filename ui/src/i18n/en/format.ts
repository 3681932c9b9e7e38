/** Words inside times, durations, sizes and rates. */
export const format = {
  today: "today {{time}}",
  duration: {
    days_one: "{{count}} day",
    days_other: "{{count}} days",
    hours: "{{value}} h",
    minutes: "{{value}} min",
    seconds: "{{value}} s",
    lessThanSecond: "less than 1 s",
  },
  perSecond: "{{value}}/s",
  labelsPerSecond: "{{value}} labels/s",
  of: "{{done}} of {{total}}",
  percent: "{{value}} %",
} as const;
