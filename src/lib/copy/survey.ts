import { hostScript } from '../../host-script.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { ReadSession } from '../ssh/transport.js';
import { fingerprintCommand, parseFingerprint, readLimitMs } from './archive.js';
import type { FileTree } from './file-tree.js';

/** What decides how a tree is brought to a host. */
export interface Survey {
  readonly hasZstd: boolean;
  /** Major and minor version of OpenSSH, such as 9.2; 0 if there is none. */
  readonly openssh: number;
  /** There is something at one of the tree's paths. */
  readonly occupied: boolean;
  /** The same tree is there already. */
  readonly hasTree: boolean;
}

/** The first version with expiry-time in authorized_keys (OpenSSH 8.2, release notes). */
export const CHAIN_OPENSSH = 8.2;

const SURVEY_TIMEOUT_MS = 60_000;

/** Reads what decides how the tree is brought to a host. The files themselves are read only if there are some. */
export async function survey(session: ReadSession, tree: FileTree, signal: AbortSignal): Promise<Survey> {
  const { stdout } = await session.run(surveyCommand(tree), { signal });
  const lines = stdout.split('\n');
  const occupied = lines.includes('occupied');
  return {
    hasZstd: lines.includes('zstd'),
    openssh: opensshVersion(stdout),
    occupied,
    hasTree: occupied && (await hasTree(session, tree, signal)),
  };
}

function surveyCommand(tree: FileTree): ReadCommand {
  return scriptCommand(hostScript('copy/survey'), tree.paths, 'read', SURVEY_TIMEOUT_MS);
}

/** Whether a host holds the same tree already: then nothing is sent. */
export async function hasTree(session: ReadSession, tree: FileTree, signal?: AbortSignal): Promise<boolean> {
  return (await readDigest(session, tree, signal)) === tree.digest;
}

/** The digest of the files that are there now; undefined if they cannot be read. */
export async function readDigest(
  session: ReadSession,
  tree: FileTree,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const command = fingerprintCommand(tree, readLimitMs(tree.bytes));
  const result = await session.run(command, signal ? { signal } : {});
  return result.exitCode === 0 ? parseFingerprint(result.stdout, result.stderr)?.digest : undefined;
}

/** The version in the output of `ssh -V`, as a number such as 9.2; 0 for anything else. */
export function opensshVersion(text: string): number {
  return Number(/^OpenSSH_(\d+\.\d+)/m.exec(text)?.[1] ?? 0);
}
