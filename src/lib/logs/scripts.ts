import { readFile } from 'node:fs/promises';
import { packageFile } from '../../package-file.js';

/** The text of a script that runs on hosts; those that read a file of a listing have templates/logs/open.sh in front. */
export async function logScript(name: 'follow' | 'list' | 'grep' | 'fetch'): Promise<string> {
  const text = await readTemplate(name);
  return name === 'grep' || name === 'fetch' ? `${await readTemplate('open')}${text}` : text;
}

async function readTemplate(name: string): Promise<string> {
  return await readFile(packageFile(`templates/logs/${name}.sh`), 'utf8');
}
