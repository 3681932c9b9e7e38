/**
 * Three arcs and a dot drawn from the address: to recognise an account at a glance, never to verify it. Hidden from readers.
 */

/** FNV-1a over the text, continued per value, so that each angle depends on every character. */
function* angles(text: string): Generator<number> {
  let hash = 0x811c9dc5;
  for (let round = 0; ; round += 1) {
    for (const character of `${round}${text}`) {
      hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    }
    yield ((hash >>> 8) % 360) * (Math.PI / 180);
  }
}

const CENTRE = 16;
const RADII = [12.5, 8.8, 5.1] as const;

function point(radius: number, angle: number): string {
  return `${(CENTRE + radius * Math.cos(angle)).toFixed(1)} ${(CENTRE + radius * Math.sin(angle)).toFixed(1)}`;
}

/** The print of an address. */
export function OrbitPrint({ address, size = 30 }: { address: string; size?: number }) {
  const source = angles(address);
  const next = () => source.next().value as number;
  const arcs = RADII.map((radius) => {
    const start = next();
    // Between 200° and 320°, so that every arc is open and longer than a half.
    const sweep = ((200 + (((next() * 180) / Math.PI) % 120)) * Math.PI) / 180;
    return `M${point(radius, start)}A${radius} ${radius} 0 1 1 ${point(radius, start + sweep)}`;
  });
  const [x = "16", y = "16"] = point(RADII[0], next()).split(" ");
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" stroke="var(--c-ink-2)" strokeWidth="2.2" strokeLinecap="round" aria-hidden="true">
      {arcs.map((arc) => (
        <path key={arc} d={arc} />
      ))}
      <circle cx={x} cy={y} r="2" fill="var(--c-accent)" stroke="none" />
    </svg>
  );
}
