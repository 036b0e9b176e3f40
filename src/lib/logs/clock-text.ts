/** `about 60 min ahead` */
export function aboutMinutes(aheadMs: number): string {
  const size = Math.abs(aheadMs);
  const about = size < 120_000 ? `${Math.round(size / 1000)} s` : `${Math.round(size / 60_000)} min`;
  return `about ${about} ${aheadMs > 0 ? 'ahead' : 'behind'}`;
}
