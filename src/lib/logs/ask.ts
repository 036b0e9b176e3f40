import type { FileId } from './frames.js';
import { pathWord } from './remote-path.js';

/** A request to the follower of a host; templates/logs/follow.sh. Offsets are in bytes. */
export type Ask =
  | { readonly kind: 'list'; readonly isWhole: boolean }
  | { readonly kind: 'begin'; readonly id: FileId; readonly path: string; readonly lines: number | 'all' }
  | {
      readonly kind: 'read' | 'count';
      readonly id: FileId;
      readonly path: string;
      readonly from: number;
      readonly size: number;
    }
  | { readonly kind: 'head'; readonly id: FileId; readonly path: string; readonly size: number }
  | { readonly kind: 'journal'; readonly cursor: string; readonly passed: number; readonly how: string };

/** The script's name for the journal. */
export const JOURNAL: FileId = 'j';

/** The line that sends the request. */
export function askLine(ask: Ask): string {
  switch (ask.kind) {
    case 'list':
      return ask.isWhole ? 'a' : 'l';
    case 'begin':
      return `b ${ask.id} ${ask.lines} ${pathWord(ask.path)}`;
    case 'read':
    case 'count':
      return `${ask.kind === 'read' ? 'r' : 'c'} ${ask.id} ${ask.from} ${ask.size} ${pathWord(ask.path)}`;
    case 'head':
      return `h ${ask.id} ${ask.size} ${pathWord(ask.path)}`;
    case 'journal':
      return `j ${ask.cursor} ${ask.passed} ${ask.how}`;
  }
}
