import { randomBytes } from 'node:crypto';
import { hostScript } from '../../host-script.js';
import { StepFailure } from '../run/step-handler.js';
import type { WriteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult } from '../ssh/transport.js';
import { tarArguments } from './archive.js';
import type { FileTree, PackedArchive } from './file-tree.js';

/**
 * Where hosts keep what they need for an operation, each in a folder OPERATION.SOMETHING into which nobody else may look; and
 * in `brought`, what kuafu has put in place there.
 */
export const SPOOLS = '/var/lib/kuafu';

/** A folder for one attempt: the script of one whose link broke may still be there, and takes its own away when it ends. */
export function newSpool(operation: string): string {
  return `${SPOOLS}/${operation}.${randomBytes(4).toString('hex')}`;
}

export const DIGEST_DIFFERS = 65;
const REFUSED = 66;
const OTHERS = 67;

/** What leads on where something is in the way that kuafu did not bring. */
export const WAY_ON =
  'what has to stay there, as what the service writes, belongs under `exclude` of the application; kuafu scale with --replace deletes it';

/** What is put in place, and whether what is there and was not brought by kuafu may go. */
export interface Placing {
  readonly tree: FileTree;
  readonly packed: PackedArchive;
  readonly replace?: true;
}

/**
 * Puts in place what a member of a chain has received in its spool. With `check` the archive lacks files that the host has
 * already: their paths come on stdin, each ended by NUL, and what all that makes is held against the digest of the tree before
 * it is switched (exit status 65: it is another tree).
 */
export function placeCommand(
  { tree, packed, replace }: Placing,
  spool: string,
  check: boolean,
  timeoutMs: number,
): WriteCommand {
  const words = [spool, packed.codec, check ? tree.digest : '', replace ? 'replace' : ''];
  return scriptCommand(hostScript('copy/place'), [...words, ...placeWords(tree)], 'write', timeoutMs);
}

/** Receives a packed archive on stdin in a new spool, checks it and puts it in place. Exit status 65: the digest differs. */
export function receiveCommand(
  { tree, packed, replace }: Placing,
  spool: string,
  timeoutMs: number,
): WriteCommand {
  const words = [spool, packed.codec, packed.digest, replace ? 'replace' : ''];
  return scriptCommand(hostScript('copy/one-hop'), [...words, ...placeWords(tree)], 'write', timeoutMs);
}

/** The words of tar for a tree. What lies in an excluded folder is excluded with it, and stays with it. */
export function placeWords(tree: Pick<FileTree, 'paths' | 'exclude' | 'format'>): string[] {
  const outermost = tree.exclude.filter(
    (path) => !tree.exclude.some((other) => path !== other && path.startsWith(`${other}/`)),
  );
  return tarArguments({ ...tree, exclude: [...new Set(outermost)] });
}

/** What of the host itself the script must not take away, or cannot keep, in its own words; undefined where it ended otherwise. */
export function refusalOf({ exitCode, stderr }: CommandResult): StepFailure | undefined {
  if (exitCode !== REFUSED && exitCode !== OTHERS) return undefined;
  const words = `nothing was put in place: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  return new StepFailure('failed', exitCode === OTHERS ? `${words} (${WAY_ON})` : words);
}
