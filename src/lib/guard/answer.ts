import { type DeviceState, parseDeviceState } from './generation.js';

/** What the guard of a device answers. */
export type GuardAnswer =
  /** The command was run: its exit status and output are its own. */
  | { readonly kind: 'passed' }
  | { readonly kind: 'claimed' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'state'; readonly state: DeviceState }
  /** Nothing was run: the device is at another generation. */
  | { readonly kind: 'refused'; readonly state: DeviceState }
  /** Nothing was run, and nothing is certain after a claim; a sentence of the host, neither masked nor cut. */
  | { readonly kind: 'failed'; readonly why: string }
  /** The guard itself did not run, or its answer was lost in other output. */
  | { readonly kind: 'none' };

/**
 * Reads standard error, whatever else is in it. The first line with the mark is the guard's: it answers before the command
 * begins, and the command does not know the mark.
 */
export function parseGuardAnswer(stderr: string, mark: string): GuardAnswer {
  const line = new RegExp(`${mark} (.*)`).exec(stderr)?.[1];
  if (line === undefined) return { kind: 'none' };
  const [word = '', ...rest] = line.split(' ');
  return answerOf(word, rest.join(' '));
}

function answerOf(word: string, rest: string): GuardAnswer {
  switch (word) {
    case 'passed':
    case 'claimed':
    case 'closed':
      return rest === '' ? { kind: word } : { kind: 'none' };
    case 'state':
    case 'refused': {
      const state = parseDeviceState(rest);
      return state
        ? { kind: word, state }
        : { kind: 'failed', why: 'the record of its generation is damaged' };
    }
    case 'failed':
      return { kind: 'failed', why: rest };
    default:
      return { kind: 'none' };
  }
}
