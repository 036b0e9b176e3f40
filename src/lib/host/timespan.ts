const SECOND = 1_000_000;
const UNITS: ReadonlyMap<string, number> = new Map(
  (
    [
      ['us usec μs µs', 1],
      ['ms msec', 1000],
      ['s sec second seconds', SECOND],
      ['m min minute minutes', 60 * SECOND],
      ['h hr hour hours', 3600 * SECOND],
      ['d day days', 24 * 3600 * SECOND],
      ['w week weeks', 7 * 24 * 3600 * SECOND],
      ['M month months', 2_629_800 * SECOND],
      ['y year years', 31_557_600 * SECOND],
    ] as const
  ).flatMap(([names, microseconds]) => names.split(' ').map((name) => [name, microseconds] as const)),
);
const PART = /\s*(\d*)(?:\.(\d+))?(?![\d.])\s*([a-zA-Zμµ]*)\s*/y;
/** The longest time that systemd can store. */
const MOST = 2 ** 64 - 1;

/**
 * A length of time as systemd writes and reads it (systemd.time(7)): `1min 30s`, `infinity`, `500ms`, and seconds if there is
 * no unit. In microseconds; undefined for any other text.
 */
export function parseTimespan(text: string): number | undefined {
  const trimmed = text.trim();
  if (trimmed === 'infinity') return Number.POSITIVE_INFINITY;
  if (trimmed === '') return undefined;
  let total = 0;
  for (PART.lastIndex = 0; PART.lastIndex < trimmed.length; ) {
    const [, whole = '', fraction = '', unit = ''] = PART.exec(trimmed) ?? [];
    const microseconds = unit === '' ? SECOND : UNITS.get(unit);
    if (whole + fraction === '' || microseconds === undefined) return undefined;
    total += Number(whole) * microseconds + partOf(microseconds, fraction);
    if (total > MOST) return undefined;
  }
  return total;
}

/** The digits after the point, each cut to whole microseconds as systemd does. */
function partOf(microseconds: number, digits: string): number {
  let total = 0;
  let worth = microseconds;
  for (const digit of digits) {
    worth = Math.floor(worth / 10);
    total += Number(digit) * worth;
  }
  return total;
}
