/**
 * How far a host's clock is ahead of ours at least (negative: behind), in milliseconds. The host read it between our question and
 * its answer; all three times are in milliseconds since the epoch. Any value that this interval allows counts as correct, so that
 * a late answer does not make a clock look wrong.
 */
export function aheadMs(clockMs: number, askedMs: number, heardMs: number): number {
  return clockMs > heardMs ? clockMs - heardMs : Math.min(0, clockMs - askedMs);
}

/** `about 60 min ahead` */
export function aboutMinutes(ahead: number): string {
  const size = Math.abs(ahead);
  const about = size < 120_000 ? `${Math.round(size / 1000)} s` : `${Math.round(size / 60_000)} min`;
  return `about ${about} ${ahead > 0 ? 'ahead' : 'behind'}`;
}
