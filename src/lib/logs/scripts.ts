import { readFile } from 'node:fs/promises';
import { packageFile } from '../../package-file.js';

/** What each script is made of, in templates/logs. */
const PARTS = {
  follow: ['rotated', 'follow'],
  list: ['list'],
  grep: ['open', 'grep'],
  fetch: ['open', 'fetch'],
} as const;

/** The text of a script that runs on hosts. */
export async function logScript(name: keyof typeof PARTS): Promise<string> {
  const texts = await Promise.all(PARTS[name].map(readTemplate));
  return texts.join('');
}

async function readTemplate(name: string): Promise<string> {
  return await readFile(packageFile(`templates/logs/${name}.sh`), 'utf8');
}
