import { whyNot } from './left-out.js';
import { shownPath } from './remote-path.js';

/** A message about a file. */
export type FileNotice =
  | { readonly what: 'gone'; readonly path: string; readonly at: number }
  /** `copy`: the file with the rest of the old content. */
  | {
      readonly what: 'truncated';
      readonly path: string;
      readonly at: number;
      readonly copy: string | undefined;
    }
  | { readonly what: 'left-out'; readonly path: string; readonly why: number };

/** The notice as a sentence. */
export function noticeText(notice: FileNotice, user: string): string {
  const path = shownPath(notice.path);
  switch (notice.what) {
    case 'truncated':
      return notice.copy === undefined
        ? `${path} was cut to nothing, and no copy of it is there: what may have come after byte ${notice.at} is lost; reading it from its start`
        : `${path} was cut to nothing; the rest of what it had is read from ${shownPath(notice.copy)}`;
    case 'gone':
      return `${path} was removed or compressed; what it had after byte ${notice.at} could not be read`;
    default:
      return whyNot(notice.why, notice.path, user) ?? path;
  }
}
