import { readFile } from 'node:fs/promises';
import { packageFile } from '../../package-file.js';

/** The text of a script that runs on hosts. */
export async function logScript(name: 'follow' | 'list' | 'grep' | 'fetch'): Promise<string> {
  return await readFile(packageFile(`templates/logs/${name}.sh`), 'utf8');
}
