import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { sentenceOf } from '../errors.js';
import { NotOursError } from '../own-files/not-ours.js';
import type { SshFiles } from './build.js';
import type { ReportIssue } from './config-error.js';
import { expandHome } from './folders.js';
import type { SshShape } from './schema.js';
import { readSshClientConfig } from './ssh-includes.js';

// The order of ssh(1) for keys that nobody names.
const DEFAULT_KEYS = ['id_rsa', 'id_ecdsa', 'id_ed25519'];
const SYSTEM_KNOWN_HOSTS = '/etc/ssh/ssh_known_hosts';

/**
 * Reads this user's SSH files: ssh_config, and which keys and lists of host keys there are. A file that the configuration
 * names must be there, the usual ones need not.
 *
 * @throws NotOursError when others could have written ssh_config, or what it includes
 */
export async function readSshFiles(shape: SshShape, home: string, report: ReportIssue): Promise<SshFiles> {
  const usual = join(home, '.ssh', 'config');
  const named = shape.configFile === 'none' ? undefined : expandHome(shape.configFile ?? usual, home);
  const isWanted = named !== undefined && (shape.configFile !== undefined || (await exists(named)));
  const configFile = isWanted ? named : undefined;
  const text = configFile === undefined ? undefined : await readClientConfig(configFile, home, report);
  return {
    configFile,
    clientConfig: text === undefined ? undefined : { text, home },
    identityFiles: await existing(DEFAULT_KEYS.map((key) => join(home, '.ssh', key))),
    knownHosts: shape.knownHosts?.map((path) => expandHome(path, home)) ?? [
      ...new Set([join(home, '.ssh', 'known_hosts'), ...knownHostsOf(text ?? '', home), SYSTEM_KNOWN_HOSTS]),
    ],
  };
}

async function readClientConfig(
  file: string,
  home: string,
  report: ReportIssue,
): Promise<string | undefined> {
  const { parseSshClientConfig } = await import('../inventory/ssh-client-config.js');
  try {
    const text = await readSshClientConfig(file, home);
    parseSshClientConfig(text, home);
    return text;
  } catch (error) {
    if (error instanceof NotOursError) throw error;
    report(['ssh', 'configFile'], `${file} cannot be used: ${sentenceOf(error)}`);
    return undefined;
  }
}

/** Every UserKnownHostsFile of ssh_config, of whichever section: their entries tell for which host they are. */
function knownHostsOf(text: string, home: string): string[] {
  return [...text.matchAll(/^[ \t]*UserKnownHostsFile[ \t=]+(.+)$/gim)]
    .flatMap(([, files = '']) => files.match(/"[^"]*"|\S+/g) ?? [])
    .map((file) => expandHome(file.replaceAll('"', '').replaceAll('%d', home), home))
    .filter((file) => file.startsWith('/') && !file.includes('%'));
}

async function existing(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(files.map(exists));
  return files.filter((_, index) => found[index]);
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
