import { parseDuration } from '../config/duration.js';
import { UsageError } from '../errors.js';
import type { CapacityQuestion } from './capacity.js';

/** A share of 1: `85%` and `85` are 0.85. @throws UsageError */
export function parseShare(text: string, flag: string): number {
  const [, digits] = /^(\d{1,3}(?:\.\d)?)%?$/.exec(text.trim()) ?? [];
  const share = Number(digits) / 100;
  if (share > 0 && share <= 1) return share;
  throw new UsageError(
    `${flag} is ${JSON.stringify(text)}; it must be a percentage from 1% to 100%`,
    `for example: ${flag} 70%`,
  );
}

/** A number above 0. @throws UsageError */
export function parsePositive(text: string, flag: string): number {
  const number = /^\d{1,6}(\.\d{1,3})?$/.test(text.trim()) ? Number(text) : 0;
  if (number > 0) return number;
  throw new UsageError(
    `${flag} is ${JSON.stringify(text)}; it must be a number above 0`,
    `for example: ${flag} 2`,
  );
}

/** `150/s`: requests a second. @throws UsageError */
export function parseRequests(text: string, flag: string): number {
  const [, digits] = /^(\d{1,9}(?:\.\d{1,3})?)\/s$/.exec(text.trim()) ?? [];
  if (Number(digits) > 0) return Number(digits);
  throw new UsageError(
    `${flag} is ${JSON.stringify(text)}; it must be requests a second`,
    `for example: ${flag} 150/s`,
  );
}

/** `1200/s`, or `x2` for twice the measured load. @throws UsageError */
export function parsePeak(text: string): NonNullable<CapacityQuestion['peak']> {
  const [, digits] = /^x(\d{1,3}(?:\.\d{1,3})?)$/.exec(text.trim()) ?? [];
  if (Number(digits) > 0) return { times: Number(digits) };
  if (text.trim().endsWith('/s')) return { rate: parseRequests(text, '--peak') };
  throw new UsageError(
    `--peak is ${JSON.stringify(text)}; it must be requests a second, or a multiple of what is measured`,
    'for example: --peak 1200/s, or --peak x2',
  );
}

const MAX_SAMPLE_MS = 300_000;

/** The length of the sample, in milliseconds. @throws UsageError */
export function parseSample(text: string): number {
  const parsed = parseDuration(text);
  const ms = 'ms' in parsed ? parsed.ms : 0;
  if (ms >= 500 && ms <= MAX_SAMPLE_MS) return ms;
  throw new UsageError(
    `--sample ${text}: ${'ms' in parsed ? 'it must be from 500ms to 5m' : parsed.problem}`,
    'for example: --sample 5s',
  );
}
