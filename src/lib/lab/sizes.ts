import { UsageError } from '../errors.js';
import { SPARE_ADDRESSES, WEB_ADDRESSES } from './address-plan.js';

/** How many hosts a lab has: app hosts in each room, spare hosts by room. */
export interface LabSizes {
  readonly hosts: number;
  readonly spare: { readonly A: number; readonly B: number };
}

export const DEFAULT_SIZES: LabSizes = { hosts: 2, spare: { A: 2, B: 24 } };

const MAX_HOSTS = WEB_ADDRESSES.last - WEB_ADDRESSES.first + 1;
const MAX_SPARE = SPARE_ADDRESSES.last - SPARE_ADDRESSES.first + 1;

/** @throws UsageError unless it is a whole number from 1 to what the addresses of a room allow */
export function parseHosts(text: string): number {
  return parseCount(text, '--hosts', 1, MAX_HOSTS, 'app hosts in each room');
}

/** `N` (each room) or `A=2,B=24`; a room that is not named has none. Errors like parseHosts. */
export function parseSpare(text: string): LabSizes['spare'] {
  if (!text.includes('=')) {
    const count = parseSpareCount(text);
    return { A: count, B: count };
  }
  const counts = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, room, count] = /^([AB])=(.*)$/.exec(part.trim()) ?? [];
    if (room === undefined || count === undefined || counts.has(room)) {
      throw new UsageError(
        `--spare ${text}: "${part}" is not understood`,
        'Give one number for each room, or --spare A=2,B=24.',
      );
    }
    counts.set(room, parseSpareCount(count));
  }
  return { A: counts.get('A') ?? 0, B: counts.get('B') ?? 0 };
}

function parseSpareCount(text: string): number {
  return parseCount(text, '--spare', 0, MAX_SPARE, 'spare hosts in each room');
}

function parseCount(text: string, flag: string, min: number, max: number, what: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < min || count > max) {
    throw new UsageError(
      `${flag} ${text}: a lab has ${min} to ${max} ${what}`,
      `A room has addresses for so many. Example: kuafu lab up --hosts 4 --spare A=40,B=${max === MAX_SPARE ? max : 152}`,
    );
  }
  return count;
}
