import { isAbsolute, join } from 'node:path';
import { readOwnFile } from '../own-files/read.js';
import { filesMatching } from './glob.js';
import type { Machine } from './machine.js';
import { type ConfigFile, parseConfig } from './parse.js';
import { expandTilde } from './tokens.js';

/** The files of ssh_config, each taking precedence over the next, and the machine that they are for. */
export interface ClientConfig {
  readonly files: readonly ConfigFile[];
  readonly machine: Machine;
}

/** The owner of a file: the user or the system. */
export interface FileOwner {
  /** The folder for included paths that are not absolute: ~/.ssh or /etc/ssh. */
  readonly folder: string;
  /** The system's file may not use `~`, because it belongs to no user. */
  readonly isSystem: boolean;
}

/** The same limit as in ssh (READCONF_MAX_DEPTH): it stops a file that includes itself. */
const MAX_DEPTH = 16;

/**
 * Reads a file of ssh_config with the files that it includes (ssh_config(5), Include). Each file is read once.
 *
 * @throws NotOursError when another user owns or can write one of them, because kuafu would obey its ProxyJump; an error with
 * file and line for a line that ssh refuses; any error of reading
 */
export async function readConfigFile(
  path: string,
  machine: Pick<Machine, 'home' | 'homeOf'>,
  owner: FileOwner,
): Promise<ConfigFile> {
  const texts = new Map<string, Promise<string>>();
  const read = async (file: string, depth: number): Promise<ConfigFile> => {
    if (depth > MAX_DEPTH)
      throw new Error(`${file} is included more than ${MAX_DEPTH} files deep, perhaps in a circle`);
    let text = texts.get(file);
    if (text === undefined) {
      text = readOwnFile(file);
      texts.set(file, text);
    }
    const lines = await parseConfig(await text, file, async (patterns) => {
      const paths = await Promise.all(patterns.map((pattern) => included(pattern, machine, owner)));
      const files: ConfigFile[] = [];
      for (const each of paths.flat()) files.push(...(await unlessGone(read(each, depth + 1))));
      return files;
    });
    return { path: file, lines };
  };
  return await read(path, 0);
}

async function included(
  pattern: string,
  machine: Pick<Machine, 'home' | 'homeOf'>,
  { folder, isSystem }: FileOwner,
): Promise<readonly string[]> {
  if (isSystem && pattern.startsWith('~')) throw new Error(`Include ${pattern} is for the files of users`);
  if (pattern.startsWith('~')) return await filesMatching(tildeOr(pattern, machine));
  return await filesMatching(isAbsolute(pattern) ? pattern : join(folder, pattern));
}

/** glob(3) keeps the name of an account that does not exist, and then matches nothing. */
function tildeOr(pattern: string, machine: Pick<Machine, 'home' | 'homeOf'>): string {
  try {
    return expandTilde(pattern, machine);
  } catch {
    return pattern;
  }
}

/** A link to a missing file, or a file that was removed meanwhile. */
async function unlessGone(file: Promise<ConfigFile>): Promise<readonly ConfigFile[]> {
  try {
    return [await file];
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
