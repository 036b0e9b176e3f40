import { readFile } from 'node:fs/promises';

/** The text of a script that runs on hosts. */
export async function logScript(name: 'follow' | 'list' | 'grep' | 'fetch'): Promise<string> {
  return await readFile(new URL(`../../../templates/logs/${name}.sh`, import.meta.url), 'utf8');
}
