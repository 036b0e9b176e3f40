import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { configFolder } from './folders.js';

const NAMES = ['kuafu.config.yaml', 'kuafu.config.yml', 'kuafu.config.json'];

const NOT_FOUND_HINT =
  'Copy kuafu.config.example.yaml (kuafu config docs prints it) to kuafu.config.yaml and adapt it, or name a file with --config.';

/** By the code of errno(3): what is wrong with a file that the user names, and what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOENT: ['no such file', 'Check the path'],
  ENOTDIR: ['a part of its path is no folder', 'Check the path'],
  EISDIR: ['it is a folder', 'Name the file in it'],
  EACCES: ['permission denied', 'Make it and its folders readable for you, or name another file'],
};

export interface FindOptions {
  /** `--config`; relative to cwd. */
  readonly file: string | undefined;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The absolute path of the configuration: `--config`, then KUAFU_CONFIG, then the nearest from the working folder upward,
 * then the one of the user's configuration folder.
 *
 * @throws UsageError when there is none, or the named one cannot be read
 */
export async function findConfigFile({ file, cwd, env }: FindOptions): Promise<string> {
  const named = file ?? (env.KUAFU_CONFIG || undefined);
  if (named !== undefined)
    return readable(resolve(cwd, named), file === undefined ? 'KUAFU_CONFIG' : '--config');
  const explorer = await createExplorer();
  for (const folder of [...ancestors(cwd), configFolder(env)]) {
    const found = await explorer.search(folder);
    if (found !== null) return found.filepath;
  }
  throw new UsageError(
    `no configuration: none of ${NAMES.join(', ')} is in ${cwd}, a folder above it or ${configFolder(env)}`,
    NOT_FOUND_HINT,
  );
}

/**
 * cosmiconfig looks for settings of its own in the working folder when it is created, and runs .config/config.js there to
 * read them (9.0.2, getUserDefinedOptionsFromMetaConfig). A search must not run code, so it is created in the root folder.
 * For the same reason it is asked folder by folder: its search upward ends in a folder where it takes config.js.
 */
async function createExplorer() {
  // Who names the file does not wait for what searches.
  const { cosmiconfig } = await import('cosmiconfig');
  const readNothing = () => ({});
  const before = process.cwd();
  process.chdir('/');
  try {
    return cosmiconfig('kuafu', {
      searchPlaces: NAMES,
      searchStrategy: 'none',
      ignoreEmptySearchPlaces: false,
      loaders: { '.yaml': readNothing, '.yml': readNothing, '.json': readNothing },
    });
  } finally {
    process.chdir(before);
  }
}

async function readable(file: string, source: string): Promise<string> {
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    throw unreadable(file, source, (error as NodeJS.ErrnoException).code);
  }
  if ((await stat(file)).isDirectory()) throw unreadable(file, source, 'EISDIR');
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
