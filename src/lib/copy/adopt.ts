import { createHash } from 'node:crypto';
import { hostScript } from '../../host-script.js';
import { mustRun } from '../run/remote.js';
import { scriptCommand } from '../shell/quote.js';
import type { Session } from '../ssh/transport.js';
import { readLimitMs } from './archive.js';
import type { FileTree } from './file-tree.js';
import { placeWords, SPOOLS } from './place.js';

/**
 * Writes down on a host what an expansion by a version that did not do so has brought there, where it is that still: then it is
 * known as what may go.
 * @param content of the environment file; undefined where it is not known here
 */
export async function adopt(
  session: Session,
  { tree, env }: { readonly tree?: FileTree; readonly env?: { readonly path: string } },
  content: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const path = content === undefined ? undefined : env?.path;
  const words = [SPOOLS, tree?.digest ?? '', path ?? '', ...(tree ? placeWords(tree) : [])];
  const command = scriptCommand(hostScript('copy/adopt'), words, 'write', readLimitMs(tree?.bytes ?? 0));
  // On standard input nobody sees it: from a digest a short secret can be guessed.
  const stdin = `${createHash('sha256')
    .update(content ?? '')
    .digest('hex')}\n`;
  await mustRun(session, command, 'looking at what is there', { stdin, signal });
}
