const UNITS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const LONGEST_MS = 7 * 86_400_000;
const SHORTEST_MS = { '1ms': 1, '1s': 1000 } as const;

/**
 * The milliseconds of `500ms`, `10s`, `1.5s`, `15m`, `2h`, `1d` or `1m30s`; otherwise a sentence about the error. A bare number
 * is refused: it could mean seconds or milliseconds. The longest duration is 7 days.
 */
export function parseDuration(
  text: string,
  least: keyof typeof SHORTEST_MS = '1ms',
): { ms: number } | { problem: string } {
  if (/^\d+(\.\d+)?$/.test(text)) return { problem: `${text} has no unit; write ${text}s or ${text}ms` };
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text))
    return { problem: `${JSON.stringify(text)} is no duration such as 500ms, 10s, 15m or 1h` };
  let ms = 0;
  for (const [, amount, , unit] of text.matchAll(/(?<!\d)(\d+(\.\d+)?)(ms|s|m|h|d)/g))
    ms += Number(amount) * (UNITS.get(unit ?? '') ?? 0);
  if (ms < SHORTEST_MS[least]) return { problem: `${text} is too short; the least is ${least}` };
  if (ms > LONGEST_MS) return { problem: `${text} is too long; the most is 7d` };
  return { ms: Math.round(ms) };
}
