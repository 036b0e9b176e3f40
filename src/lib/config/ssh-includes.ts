import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readOwnFile } from '../own-files/read.js';
import { expandHome } from './folders.js';

const INCLUDE = /^\s*Include(?:\s+|\s*=\s*)(.+?)\s*$/i;
const SECTION = /^\s*(Host|Match)\b/i;
// ssh_config(5): "Include … up to 16 levels"; the same bound as ssh's.
const MAX_INCLUDES = 16;

/**
 * The text of an ssh_config file with the files it includes in their place (ssh_config(5), Include).
 *
 * @throws NotOursError when one of them is not ours alone, as its ProxyJump would be obeyed; what reading throws
 */
export async function readSshClientConfig(file: string, home: string, depth = 0): Promise<string> {
  const lines: string[] = [];
  let section = 'Host *';
  for (const line of (await readOwnFile(file)).split(/\r?\n/)) {
    const patterns = INCLUDE.exec(line)?.[1];
    if (SECTION.test(line)) section = line;
    if (patterns === undefined) lines.push(line);
    else if (depth < MAX_INCLUDES) {
      for (const included of await includedFiles(patterns, home))
        lines.push(await readSshClientConfig(included, home, depth + 1));
      // A section of an included file ends with it.
      lines.push(section);
    }
  }
  return lines.join('\n');
}

async function includedFiles(patterns: string, home: string): Promise<string[]> {
  const files: string[] = [];
  for (const quoted of patterns.match(/"[^"]*"|\S+/g) ?? []) {
    const pattern = expandHome(quoted.replaceAll('"', ''), home);
    // "Files without absolute paths are assumed to be in ~/.ssh" (ssh_config(5)).
    const path = pattern.startsWith('/') ? pattern : join(home, '.ssh', pattern);
    files.push(...(await matchingFiles(path)));
  }
  return files;
}

/** Wildcards in the last part of the path, in the order of the alphabet (glob(7)). Nothing found is no error. */
async function matchingFiles(path: string): Promise<string[]> {
  const escaped = basename(path).replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const pattern = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && pattern.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(dirname(path), entry.name))
    .sort();
}
