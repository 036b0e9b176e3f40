/** A time for people: `2026-11-23 18:05:08 +08:00`, in the zone of this machine. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  return `${dateOf(at)} ${timeOf(at)}:${pad(at.getSeconds())} ${zoneOf(at)}`;
}

/** A time in a column whose head names the zone of `now`: `11-23 18:05`; with the year only if it is another year. */
export function localMinute(iso: string, now: Date): string {
  const at = new Date(iso);
  const sameYear = at.getFullYear() === now.getFullYear();
  const zone = zoneOf(at) === zoneOf(now) ? '' : ` ${zoneOf(at)}`; // summer time began or ended in between
  return `${sameYear ? dateOf(at).slice(5) : dateOf(at)} ${timeOf(at)}${zone}`;
}

/** `2026-11-23 18:05:08`, for lines that may end in any log. */
export function localSecond(at: Date): string {
  return `${dateOf(at)} ${timeOf(at)}:${pad(at.getSeconds())}`;
}

/** Time of day with milliseconds, for lines of a log: `18:05:08.123`. */
export function localClock(iso: string): string {
  const at = new Date(iso);
  return `${timeOf(at)}:${pad(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** Distance to UTC at that moment: `+08:00`. */
export function zoneOf(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

function dateOf(at: Date): string {
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
}

function timeOf(at: Date): string {
  return `${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
