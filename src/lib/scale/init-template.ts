import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageFile } from '../../package-file.js';
import { believedBy } from '../config/find.js';
import { UsageError } from '../errors.js';
import { requireOurs } from '../own-files/not-ours.js';
import type { Owners } from '../own-files/owners.js';
import { readTextFile } from '../own-files/read.js';

/** An init template: a script that prepares a bare host. Its text is part of the plan, so a resume runs the same script. */
export interface InitTemplate {
  readonly name: string;
  readonly script: string;
}

const NAME = /^[a-z0-9][a-z0-9-]*$/;
/** Linux takes at most 128 KiB in one argument of a command (execve(2), MAX_ARG_STRLEN). */
const MAX_SCRIPT_BYTES = 100_000;

const BUILT_IN = packageFile('templates/init');

/**
 * Loads `templates/init/NAME/init.sh`: beside the configuration file first, then kuafu's own.
 * @throws {UsageError} if no template has this name, or it is too long; the hint lists the existing names. NotOursError if
 * another user can write it
 */
export async function loadInitTemplate(name: string, configFile: string): Promise<InitTemplate> {
  const folders = [join(dirname(configFile), 'templates/init'), BUILT_IN];
  for (const folder of NAME.test(name) ? folders : []) {
    const script = await readIfThere(join(folder, name, 'init.sh'), believedBy(configFile));
    if (script === undefined) continue;
    if (Buffer.byteLength(script) > MAX_SCRIPT_BYTES)
      throw new UsageError(`init template ${name}: its script is longer than ${MAX_SCRIPT_BYTES} bytes`);
    return { name, script };
  }
  const known = await listInitTemplates(configFile);
  throw new UsageError(`there is no init template ${JSON.stringify(name)}`, `known: ${known.join(', ')}`);
}

/** Names of all init templates, sorted. */
export async function listInitTemplates(configFile: string): Promise<readonly string[]> {
  const folders = [join(dirname(configFile), 'templates/init'), BUILT_IN];
  const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
  return [...new Set(names.flat())].filter((name) => NAME.test(name)).sort();
}

/** The script runs as root on hosts, so its file must be as safe as the configuration beside it. */
async function readIfThere(file: string, owners: Owners): Promise<string | undefined> {
  try {
    return await readTextFile(requireOurs(file, 'a file', owners).path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
