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
  /** Undefined: there is none, as it was deleted. */
  readonly cwd: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The absolute path of the configuration: `--config`, then KUAFU_CONFIG, then the nearest from the working folder upward,
 * then the one of the user's configuration folder. Any file may be named; what is merely found must be ours, as anybody
 * can put a file into a folder such as /tmp.
 *
 * @throws UsageError when there is none, or the named one cannot be read; RefusedError when the one that is found is not
 * ours alone
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
 * Whose files are believed where a configuration names them: those of its owner too, whom we believe already.
 * @param file the configuration
 */
export function believedBy(file: string): Owners {
  return new Set([...trustedOwners(), statSync(file).uid]);
}

/** Who else can write a configuration, as a sentence; undefined: nobody. */
export function configDoubt(file: string): string | undefined {
  const { doubt } = lookAt(file, believedBy(file));
  if (doubt === undefined) return undefined;
  const what = doubt.path === file ? 'the configuration' : 'a folder of the configuration';
  return `${what}, ${doubt.path}, ${doubt.reason}: who writes there decides what kuafu does (${doubt.mend})`;
}

/** @throws RefusedError when a folder has a file of ours that is not ours, before anything reads it */
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
 * cosmiconfig looks for settings of its own in the working folder when it is created, and runs .config/config.js there to
 * read them (9.0.2, getUserDefinedOptionsFromMetaConfig). A search must not run code, so it is created in the root folder.
 * For the same reason it is asked folder by folder: its search upward ends in a folder where it takes config.js.
 */
async function createExplorer() {
  // It asks for the home folder as it is loaded, and throws where there is none.
  process.env.HOME ??= homeFolder(process.env);
  // Who names the file does not wait for what searches.
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
