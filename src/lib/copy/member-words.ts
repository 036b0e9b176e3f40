/** How feeding a host ended, as the feeder tells it. */
export interface FeedEnd {
  readonly receiver: string;
  /** 0: everything was given. 255: no login, or the link broke. 254: packing failed. Others: the receiver's end failed. */
  readonly status: number;
  readonly words: string;
}

/** What a member may say, see templates/copy/member.sh. Each word is about the member itself, or about a link that it feeds. */
export type Said =
  | { readonly kind: 'ready' }
  /** How much of the archive the member has. */
  | { readonly kind: 'bytes'; readonly bytes: number }
  /** The member has everything; this is the digest of it. */
  | { readonly kind: 'sum'; readonly digest: string }
  /** How much of the archive went into the link to a receiver. */
  | { readonly kind: 'gave'; readonly receiver: string; readonly bytes: number }
  | { readonly kind: 'fed'; readonly end: FeedEnd }
  /** The member cannot keep the archive. */
  | { readonly kind: 'broken'; readonly words: string }
  /** The member cannot let another host log in. */
  | { readonly kind: 'unable'; readonly words: string };

/** No line of a member is longer than this. */
export const MOST_LINE_BYTES = 1024;

/** Reads a line of a member; undefined for a line that is none of its words. */
export function parseSaid(line: string): Said | undefined {
  const [, verb = '', rest = ''] = /^(\S+)(?: (.*))?$/.exec(line) ?? [];
  const [first = '', second = ''] = rest.split(' ');
  switch (verb) {
    case 'ready':
      return rest === '' ? { kind: 'ready' } : undefined;
    case 'sum':
      return /^[0-9a-f]{128}$/.test(rest) ? { kind: 'sum', digest: rest } : undefined;
    case 'gave':
      return isCount(second) ? { kind: 'gave', receiver: first, bytes: Number(second) } : undefined;
    case 'fed':
      return /^\d{1,3}$/.test(second)
        ? { kind: 'fed', end: { receiver: first, status: Number(second), words: wordsOf(rest, 2) } }
        : undefined;
    case 'broken':
    case 'unable':
      return { kind: verb, words: rest };
    default:
      return rest === 'bytes' && isCount(verb) ? { kind: 'bytes', bytes: Number(verb) } : undefined;
  }
}

/** Fifteen digits are exact in a double. */
function isCount(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function wordsOf(text: string, from: number): string {
  return text.split(' ').slice(from).join(' ');
}
