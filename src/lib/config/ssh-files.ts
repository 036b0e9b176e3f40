import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { sentenceOf } from '../errors.js';
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
 * @param hostNames who to ask ssh_config about, for lists of host keys of their own
 */
export async function readSshFiles(
  shape: SshShape,
  { home, hostNames }: { home: string; hostNames: readonly string[] },
  report: ReportIssue,
): Promise<SshFiles> {
  const usual = join(home, '.ssh', 'config');
  const named = shape.configFile === 'none' ? undefined : expandHome(shape.configFile ?? usual, home);
  const isWanted = named !== undefined && (shape.configFile !== undefined || (await exists(named)));
  const configFile = isWanted ? named : undefined;
  const keys = DEFAULT_KEYS.map((key) => join(home, '.ssh', key));
  const client =
    configFile === undefined ? undefined : await readClient(configFile, { home, hostNames }, report);
  return {
    configFile,
    configText: client?.text,
    identityFiles: await existing(keys),
    knownHosts: shape.knownHosts?.map((path) => expandHome(path, home)) ?? [
      ...new Set([join(home, '.ssh', 'known_hosts'), ...(client?.knownHosts ?? []), SYSTEM_KNOWN_HOSTS]),
    ],
  };
}

async function readClient(
  file: string,
  { home, hostNames }: { home: string; hostNames: readonly string[] },
  report: ReportIssue,
): Promise<{ text: string; knownHosts: readonly string[] } | undefined> {
  const { parseSshClientConfig } = await import('../inventory/ssh-client-config.js');
  try {
    const text = await readSshClientConfig(file, home);
    const lookup = parseSshClientConfig(text, home);
    const namesKnownHosts = /UserKnownHostsFile/i.test(text);
    return {
      text,
      knownHosts: namesKnownHosts ? hostNames.flatMap((name) => lookup(name).knownHosts ?? []) : [],
    };
  } catch (error) {
    report(['ssh', 'configFile'], `${file} cannot be used: ${sentenceOf(error)}`);
    return undefined;
  }
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
