import { createHash } from 'node:crypto';
import { hostScript } from '../../host-script.js';
import { mustRun } from '../run/remote.js';
import { scriptCommand } from '../shell/quote.js';
import type { Session } from '../ssh/transport.js';
import { readLimitMs } from './archive.js';
import type { FileTree } from './file-tree.js';
import { placeWords, SPOOLS } from './place.js';

/**
 * Records on a host what an earlier version of kuafu brought there without recording it, if the files are still the same.
 * From then on kuafu knows that these files may be removed.
 * @param content of the environment file; undefined if it is not known here
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
  // Standard input keeps the digest out of the process list: a short secret can be guessed from its digest.
  const stdin = `${createHash('sha256')
    .update(content ?? '')
    .digest('hex')}\n`;
  await mustRun(session, command, 'looking at what is there', { stdin, signal });
}
