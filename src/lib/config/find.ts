import { lstatSync, statSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { RefusedError, sentenceOf, UsageError } from '../errors.js';
import { lookAt } from '../own-files/look.js';
import { NotOursError, requireOurs } from '../own-files/not-ours.js';
import { type Owners, trustedOwners } from '../own-files/owners.js';
import { configFolder, homeFolder, workingFolder } from './folders.js';

const NAMES = ['kuafu.config.yaml', 'kuafu.config.yml', 'kuafu.config.json'];

const NOT_FOUND_HINT =
  'Copy kuafu.config.example.yaml (kuafu config docs prints it) to kuafu.config.yaml and adapt it, or name a file with --config.';

/** By the code of errno(3): what is wrong with a file that the user names, and what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOENT: ['no such file', 'Check the path'],
  ENOTDIR: ['a part of its path is no folder', 'Check the path'],
  EISDIR: ['it is a folder', 'Name the file in it'],
  ELOOP: ['it is a link to itself', 'Check the path'],
  GONE: ['the working folder was deleted', 'Name it by its whole path, or go to another folder'],
  EACCES: ['permission denied', 'Make it and its folders readable for you, or name another file'],
};

export interface FindOptions {
  /** `--config`; relative to cwd. */
  readonly file: string | undefined;
  /** Undefined: the working folder was deleted. */
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The absolute path of the configuration: `--config`, then KUAFU_CONFIG, then the nearest file from the working folder upward,
 * then the file in the user's configuration folder. Any file may be named. A file that is only found must belong to our user,
 * because any user can put a file into a folder such as /tmp.
 *
 * @throws UsageError when there is none, or the named file cannot be read; RefusedError when other users can write the found file
 */
export async function findConfigFile({ file, cwd, env }: FindOptions): Promise<string> {
  const named = file ?? (env.KUAFU_CONFIG || undefined);
  if (named !== undefined)
    return await namedFile(named, file === undefined ? 'KUAFU_CONFIG' : '--config', cwd);
  const explorer = await createExplorer();
  for (const folder of [...(cwd === undefined ? [] : ancestors(cwd)), configFolder(env)]) {
    requireOursIn(folder);
    const found = await explorer.search(folder);
    if (found !== null) return found.filepath;
  }
  const searched = cwd === undefined ? '' : `${cwd}, a folder above it or `;
  throw new UsageError(
    `no configuration: none of ${NAMES.join(', ')} is in ${searched}${configFolder(env)}`,
    NOT_FOUND_HINT,
  );
}

/**
 * The owners of files that are trusted when a configuration names them: the usual owners and the owner of the configuration,
 * which is trusted already.
 * @param file the configuration
 */
export function believedBy(file: string): Owners {
  return new Set([...trustedOwners(), statSync(file).uid]);
}

/** Which other users can write a configuration, as a sentence; undefined: none. */
export function configDoubt(file: string): string | undefined {
  const { doubt } = lookAt(file, believedBy(file));
  if (doubt === undefined) return undefined;
  const what = doubt.path === file ? 'the configuration' : 'a folder of the configuration';
  return `${what}, ${doubt.path}, ${doubt.reason}: who writes there decides what kuafu does (${doubt.mend})`;
}

/** @throws RefusedError when a folder has a file of a configuration's name that other users can write, before the file is read */
function requireOursIn(folder: string): void {
  for (const name of NAMES) {
    const file = join(folder, name);
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats === undefined || stats.isDirectory()) continue;
    try {
      requireOurs(file, 'a file');
    } catch (error) {
      const hint = error instanceof NotOursError ? `; ${error.hint}` : '';
      throw new RefusedError(
        `a configuration was found that cannot be believed: ${sentenceOf(error)}`,
        `if you trust who can write it, name it: --config ${file}${hint}`,
      );
    }
    return;
  }
}

/**
 * When it is created, cosmiconfig looks for its own settings in the working folder, and runs .config/config.js there to read them
 * (9.0.2, getUserDefinedOptionsFromMetaConfig). A search must not run code, so it is created in the root folder. For the same
 * reason it is called folder by folder: its own search upward ends in a folder where it reads config.js.
 */
async function createExplorer() {
  // It asks for the home folder when it is loaded, and throws if there is none.
  process.env.HOME ??= homeFolder(process.env);
  // When the file is named, the search library need not be loaded.
  const { cosmiconfig } = await import('cosmiconfig');
  const readNothing = () => ({});
  const before = workingFolder();
  process.chdir('/');
  try {
    return cosmiconfig('kuafu', {
      searchPlaces: NAMES,
      searchStrategy: 'none',
      ignoreEmptySearchPlaces: false,
      loaders: { '.yaml': readNothing, '.yml': readNothing, '.json': readNothing },
    });
  } finally {
    if (before !== undefined) process.chdir(before);
  }
}

async function namedFile(named: string, source: string, cwd: string | undefined): Promise<string> {
  if (cwd === undefined && !isAbsolute(named)) throw unreadable(named, source, 'GONE');
  const file = resolve(cwd ?? '/', named);
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw unreadable(file, source, (error as NodeJS.ErrnoException).code);
  }
  if (statSync(file).isDirectory()) throw unreadable(file, source, 'EISDIR');
  return file;
}

function unreadable(file: string, source: string, code: string | undefined): UsageError {
  const [reason, hint] = REASONS[code ?? ''] ?? [code ?? 'unknown reason', 'Name another file'];
  return new UsageError(`${file}, named by ${source}, cannot be read: ${reason}`, `${hint} (${source}).`);
}

function ancestors(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...ancestors(parent)];
}
