import { formatBytes } from '../../lib/bytes.js';
import { formatDuration } from '../../lib/duration.js';
import type { ReadingWatch } from '../../lib/scale/template-facts.js';

/** This much is read in a few seconds. */
const READ_IN_SILENCE_BYTES = 500_000_000;
/** Between two lines: at first, and at most. Each wait is twice that before, so the log of an hour has few lines. */
const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;

/**
 * Says how far the files of a template are read, if there are many: nothing else happens until then.
 * @param now in milliseconds
 */
export function sayReading(
  app: string,
  template: string,
  say: (line: string) => void,
  now: () => number = () => performance.now(),
): ReadingWatch {
  let size = 0;
  let begunAt = 0;
  let saidAt = 0;
  let waitMs = FIRST_MS;
  return {
    onSize: (bytes) => {
      size = bytes;
      begunAt = now();
      saidAt = begunAt;
      if (bytes > READ_IN_SILENCE_BYTES)
        say(`reading the files of ${app} on ${template}, ${formatBytes(bytes)}: this takes a while`);
    },
    onRead: (bytes) => {
      if (now() - saidAt < waitMs) return;
      saidAt = now();
      waitMs = Math.min(2 * waitMs, LONGEST_MS);
      const leftMs = ((saidAt - begunAt) / bytes) * Math.max(0, size - bytes);
      const left = leftMs > 0 ? `, about ${formatDuration(leftMs)} left` : '';
      say(`read ${formatBytes(bytes)} of ${formatBytes(Math.max(size, bytes))} on ${template}${left}`);
    },
  };
}
