/** The icons, drawn in 18 px with a 1.5 px line. Decoration: the text beside or the button's label says what they mean. */
import type { ReactNode } from "react";

const drawings = {
  wallet: (
    <>
      <path d="M2.5 5.5h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-9a2 2 0 0 1-2-2z" />
      <path d="M2.5 5.5a2 2 0 0 1 2-2h8" />
      <path d="M12 10.5h.5" />
    </>
  ),
  smeshing: (
    <>
      <path d="M11.6 3.1A6.5 6.5 0 1 0 14.9 6.4" />
      <circle cx="13.9" cy="4.1" r="1.1" fill="currentColor" />
      <path d="M6.5 7.5h5M5.5 9.5h7M6.5 11.5h5" />
    </>
  ),
  network: (
    <>
      <circle cx="9" cy="4" r="1.8" />
      <circle cx="3.8" cy="13" r="1.8" />
      <circle cx="14.2" cy="13" r="1.8" />
      <path d="M8.1 5.6 4.7 11.4M9.9 5.6l3.4 5.8M5.6 13h6.8" />
    </>
  ),
  contacts: (
    <>
      <circle cx="7" cy="6" r="2.5" />
      <path d="M2.5 15c.3-3 2-4.5 4.5-4.5s4.2 1.5 4.5 4.5M12 3.8a2.5 2.5 0 0 1 0 4.5M13.5 11c1.2.6 1.9 2 2 4" />
    </>
  ),
  settings: (
    <>
      <circle cx="9" cy="9" r="2.3" />
      <path d="M9 2v2M9 14v2M2 9h2M14 9h2M4.05 4.05l1.4 1.4M12.55 12.55l1.4 1.4M13.95 4.05l-1.4 1.4M5.45 12.55l-1.4 1.4" />
    </>
  ),
  search: (
    <>
      <circle cx="8" cy="8" r="4.8" />
      <path d="m11.6 11.6 3.6 3.6" />
    </>
  ),
  lock: (
    <>
      <rect x="4" y="8" width="10" height="7.5" rx="1.5" />
      <path d="M6 8V6a3 3 0 0 1 6 0v2" />
    </>
  ),
  plus: <path d="M9 3.5v11M3.5 9h11" />,
  eye: (
    <>
      <path d="M1.5 9S4.2 4.2 9 4.2 16.5 9 16.5 9 13.8 13.8 9 13.8 1.5 9 1.5 9z" />
      <circle cx="9" cy="9" r="2" />
    </>
  ),
  eyeOff: (
    <>
      <path d="M1.5 9S4.2 4.2 9 4.2 16.5 9 16.5 9 13.8 13.8 9 13.8 1.5 9 1.5 9z" />
      <path d="m3 15 12-12" />
    </>
  ),
  more: <path d="M4 9h.01M9 9h.01M14 9h.01" strokeWidth="2.2" />,
  clock: (
    <>
      <circle cx="9" cy="9" r="6.5" />
      <path d="M9 5.5V9l2.5 1.5" />
    </>
  ),
  export: <path d="M10 3h5v5M15 3 8 10M12.5 10.5v4h-9v-9h4" />,
  cross: <path d="m4 4 10 10M14 4 4 14" />,
  pause: <path d="M6 4v10M12 4v10" />,
  play: <path d="M5.5 3.5v11l9-5.5z" />,
  down: <path d="m4 7 5 5 5-5" />,
  forward: <path d="m7 4 5 5-5 5" />,
  copy: (
    <>
      <rect x="6" y="6" width="9" height="9" rx="1.5" />
      <path d="M12 6V4.5A1.5 1.5 0 0 0 10.5 3h-6A1.5 1.5 0 0 0 3 4.5v6A1.5 1.5 0 0 0 4.5 12H6" />
    </>
  ),
  send: <path d="M4 14 14 4M7 4h7v7" />,
  receive: <path d="M14 4 4 14M11 14H4V7" />,
  ledger: (
    <>
      <rect x="2" y="6" width="10" height="6" rx="1" />
      <path d="M12 7.5h4v3h-4M5 9h2.5" />
    </>
  ),
  shield: <path d="M9 2.5 14.5 5v4c0 3.5-2.3 5.6-5.5 6.5C5.8 14.6 3.5 12.5 3.5 9V5z" />,
  file: (
    <>
      <path d="M4.5 2.5h6l3 3v10h-9z" />
      <path d="M10.5 2.5v3h3" />
    </>
  ),
  qr: (
    <>
      <rect x="3" y="3" width="4.5" height="4.5" />
      <rect x="10.5" y="3" width="4.5" height="4.5" />
      <rect x="3" y="10.5" width="4.5" height="4.5" />
      <path d="M10.5 10.5h2v2H15M10.5 15H12M15 10.5v.5" />
    </>
  ),
  check: <path d="m3.5 9.5 3.5 3.5 7.5-8" />,
  words: <path d="M2.5 4.5h13M2.5 9h8M2.5 13.5h11" />,
  pen: <path d="m3.5 14.5.7-3.2 8-8 2.5 2.5-8 8zM10.6 4.9l2.5 2.5" />,
  disk: (
    <>
      <rect x="2.5" y="4.5" width="13" height="9" rx="1.5" />
      <path d="M5 10.5h3M12.5 10.5h.01" />
    </>
  ),
  trash: <path d="M3.5 5h11M7 5V3.5h4V5M5 5l.7 9.5h6.6L13 5" />,
  key: (
    <>
      <circle cx="6" cy="12" r="3" />
      <path d="m8.2 9.8 6.3-6.3M12 6l2 2" />
    </>
  ),
} satisfies Record<string, ReactNode>;

/** The name of an icon. */
export type IconName = keyof typeof drawings;

/** An icon; `size` in pixels of the interface. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {drawings[name]}
    </svg>
  );
}

/** The mark of Smapp in the rail: the epoch as an orbit with its one gap, three layers inside. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path d="M20.3 5.2A11.6 11.6 0 1 0 26.8 11.7" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" />
      <circle cx="24.3" cy="7.7" r="2.7" fill="var(--c-accent)" />
      <path d="M11.8 13h8.4M9.8 17h12.4M11.8 21h8.4" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  );
}
