import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A real HAProxy with servers in every state, as it was set up, and what it said then. */
export const RECORDED = join('test', 'cases', 'layers', 'haproxy-2.6');

/** What was asked, by the file that has the answer. */
export const QUESTIONS = {
  'servers.txt': 'show servers state shop',
  'all-servers.txt': 'show servers state',
  'stat.csv': 'show stat shop 4 -1',
  'info.txt': 'show info',
  'no-backend.txt': 'show servers state nobody',
} as const;

export function recorded(file: keyof typeof QUESTIONS | 'shop.cfg' | 'more.cfg' | 'commands.txt'): string {
  return readFileSync(join(RECORDED, file), 'utf8');
}
