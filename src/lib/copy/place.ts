import { randomBytes } from 'node:crypto';
import { hostScript } from '../../host-script.js';
import { StepFailure } from '../run/step-handler.js';
import type { WriteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult } from '../ssh/transport.js';
import { tarArguments } from './archive.js';
import type { FileTree, PackedArchive } from './file-tree.js';

/**
 * Where hosts keep what they need for an operation: for each operation a folder OPERATION.SOMETHING that only its owner can
 * read. The folder `brought` records what kuafu has put in place on the host.
 */
export const SPOOLS = '/var/lib/kuafu';

/**
 * A folder for one attempt. If the link of an earlier attempt broke, its script may still run, and removes its own folder
 * when it ends.
 */
export function newSpool(operation: string): string {
  return `${SPOOLS}/${operation}.${randomBytes(4).toString('hex')}`;
}

export const DIGEST_DIFFERS = 65;
const REFUSED = 66;
const OTHERS = 67;

/** The next commands to use if something is in the way that kuafu did not bring. */
export const WAY_ON =
  'what has to stay there, as what the service writes, belongs under `exclude` of the application; kuafu scale with --replace deletes it';

/** What is put in place, and whether files that kuafu did not bring may be removed. */
export interface Placing {
  readonly tree: FileTree;
  readonly packed: PackedArchive;
  readonly replace?: true;
}

/**
 * Puts in place what a member of a chain has received in its spool. With `check` the archive lacks files that the host has
 * already. Their paths come on standard input, each ended by NUL, and the complete tree is compared with the tree's digest
 * before the switch (exit status 65: it is another tree).
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

/**
 * Receives a packed archive on standard input in a new spool, checks it and puts it in place. Exit status 65: the digest
 * differs.
 */
export function receiveCommand(
  { tree, packed, replace }: Placing,
  spool: string,
  timeoutMs: number,
): WriteCommand {
  const words = [spool, packed.codec, packed.digest, replace ? 'replace' : ''];
  return scriptCommand(hostScript('copy/one-hop'), [...words, ...placeWords(tree)], 'write', timeoutMs);
}

/** The arguments of tar for a tree. Everything below an excluded folder is excluded with it, and stays where it is. */
export function placeWords(tree: Pick<FileTree, 'paths' | 'exclude' | 'format'>): string[] {
  const outermost = tree.exclude.filter(
    (path) => !tree.exclude.some((other) => path !== other && path.startsWith(`${other}/`)),
  );
  return tarArguments({ ...tree, exclude: [...new Set(outermost)] });
}

/** What the script must not remove, or cannot keep, on the host, in the script's own words; undefined if it ended otherwise. */
export function refusalOf({ exitCode, stderr }: CommandResult): StepFailure | undefined {
  if (exitCode !== REFUSED && exitCode !== OTHERS) return undefined;
  const words = `nothing was put in place: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  return new StepFailure('failed', exitCode === OTHERS ? `${words} (${WAY_ON})` : words);
}
