import { access, readFile, rm } from 'node:fs/promises';
import { runTool, type ToolOptions } from './tool.js';

/** Makes an ed25519 key without a passphrase if there is none; ssh-keygen writes the public half last. */
export async function ensureKey(file: string, comment: string, options: ToolOptions): Promise<void> {
  const isThere = await access(`${file}.pub`).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await rm(file, { force: true });
  await runTool('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file], options);
}

/** A line of known_hosts: one key for a host's addresses and name. */
export async function knownHostsLine(names: readonly string[], keyFile: string): Promise<string> {
  const [type = '', key = ''] = (await readFile(`${keyFile}.pub`, 'utf8')).split(' ');
  return `${names.join(',')} ${type} ${key}`;
}
