/** What a notice of templates/logs/follow.sh says to people. */
export function noticeText(what: string, path: string, offset: number, user: string): string {
  switch (what) {
    case 'missing':
      return `there is no ${path}`;
    case 'empty':
      return `the journal of ${path} has no entries`;
    case 'unreadable':
      return `${path} cannot be read by ${user}`;
    case 'truncated':
      return `${path} was cut to nothing; reading it from its start`;
    case 'gone':
      return `${path} was removed or compressed; what it had after byte ${offset} could not be read`;
    default:
      return `${path}: ${what}`;
  }
}

/** `about 60 min ahead` */
export function aboutMinutes(aheadMs: number): string {
  const size = Math.abs(aheadMs);
  const about = size < 120_000 ? `${Math.round(size / 1000)} s` : `${Math.round(size / 60_000)} min`;
  return `about ${about} ${aheadMs > 0 ? 'ahead' : 'behind'}`;
}
