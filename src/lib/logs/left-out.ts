import { packerOf } from './packed.js';
import { shownPath } from './remote-path.js';

/** Exit statuses of templates/logs/open.sh and grep.sh: why a file, or a part of it, could not be read. */
export const Why = {
  gone: 65,
  unreadable: 66,
  noFile: 67,
  ledAway: 68,
  hardLink: 69,
  notWhole: 70,
  grepGaveUp: 71,
  noTool: 72,
  ofKernel: 73,
  /** No exit status of a script: found by kuafu itself. */
  fleeting: 74,
} as const;

/** The message about a requested file that was not read; undefined for any other status. */
export function whyNot(status: number, path: string, user: string): string | undefined {
  const file = shownPath(path);
  switch (status) {
    case Why.gone:
      return `${file} was rotated away before it could be read`;
    case Why.unreadable:
      return `${file} cannot be read by ${user}`;
    case Why.noFile:
      return `${file} is left out: it is no regular file`;
    case Why.ledAway:
      return `${file} is left out: a link in a folder that others than root can write to leads out of there; name what it leads to with --file`;
    case Why.hardLink:
      return `${file} is left out: it is a hard link to a file of another account`;
    case Why.notWhole:
      return `${file} could not be read whole`;
    case Why.grepGaveUp:
      return `${file} could not be searched to its end: a line is too long for a search (more than about 64 MB), or reading failed`;
    case Why.noTool:
      return `${file} was not searched: there is no ${packerOf(path) ?? 'program'} on the host to unpack it`;
    case Why.ofKernel:
      return `${file} is left out: the kernel makes it, so it is no log`;
    case Why.fleeting:
      return `${file} is left out: it is another file whenever it is looked at`;
    default:
      return undefined;
  }
}

/** The first messages of a kind one by one, the rest as a number. */
export function firstOf(messages: readonly string[], limit = 20): string[] {
  if (messages.length <= limit) return [...messages];
  return [...messages.slice(0, limit), `${messages.length - limit} more were left out for such reasons`];
}
