/** A rate over the last minutes as a thin line. Decoration beside the figure; hidden from readers. */
const WIDTH = 120;
const HEIGHT = 24;

export function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length < 2) {
    return null;
  }
  const most = Math.max(...values, Number.MIN_VALUE);
  const step = WIDTH / (values.length - 1);
  const path = values.map((value, index) => `${index === 0 ? "M" : "L"}${(index * step).toFixed(1)} ${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`);
  return (
    <svg width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      <path d={path.join(" ")} fill="none" stroke="var(--c-accent)" strokeWidth={1.5} />
    </svg>
  );
}
