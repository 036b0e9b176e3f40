import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { sentenceOf } from '../errors.js';
import { NotOursError } from '../own-files/not-ours.js';
import type { ClientConfig, FileOwner } from '../ssh-config/read.js';
import type { SshFiles } from './build.js';
import type { ReportIssue } from './config-error.js';
import { expandHome } from './folders.js';
import type { SshShape } from './schema.js';

// The default keys in the order of ssh(1).
const DEFAULT_KEYS = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];
const SYSTEM_FOLDER = '/etc/ssh';

/**
 * Reads this user's SSH files: ssh_config, and which keys and lists of host keys exist. A file that the configuration names is
 * the only one read, as with `ssh -F`, and must exist; the files of the user and the system need not.
 *
 * @param systemFolder where the system has its own files
 * @throws NotOursError when other users could have written ssh_config, or a file that it includes
 */
export async function readSshFiles(
  shape: SshShape,
  home: string,
  report: ReportIssue,
  systemFolder = SYSTEM_FOLDER,
): Promise<SshFiles> {
  const folder = join(home, '.ssh');
  const names = ['known_hosts', 'known_hosts2'];
  return {
    clientConfig: await readClientConfig(shape, home, report, systemFolder),
    identityFiles: await existing(DEFAULT_KEYS.map((key) => join(folder, key))),
    knownHosts: shape.knownHosts?.map((path) => expandHome(path, home)) ?? [
      ...names.map((name) => join(folder, name)),
      ...names.map((name) => join(systemFolder, `ssh_${name}`)),
    ],
  };
}

async function readClientConfig(
  { configFile }: SshShape,
  home: string,
  report: ReportIssue,
  systemFolder: string,
): Promise<ClientConfig | undefined> {
  if (configFile === 'none') return undefined;
  const user: FileOwner = { folder: join(home, '.ssh'), isSystem: false };
  const usual: (readonly [string, FileOwner])[] = [
    [join(user.folder, 'config'), user],
    [join(systemFolder, 'ssh_config'), { folder: systemFolder, isSystem: true }],
  ];
  const wanted =
    configFile === undefined ? await present(usual) : [[expandHome(configFile, home), user] as const];
  if (wanted.length === 0) return undefined;
  const { readConfigFile } = await import('../ssh-config/read.js');
  const { localMachine } = await import('../ssh-config/machine.js');
  const machine = localMachine(home);
  const files: Awaited<ReturnType<typeof readConfigFile>>[] = [];
  for (const [path, owner] of wanted)
    try {
      files.push(await readConfigFile(path, machine, owner));
    } catch (error) {
      if (error instanceof NotOursError) throw error;
      report(['ssh', 'configFile'], `${path} cannot be used: ${sentenceOf(error)}`);
    }
  return { files, machine };
}

async function present<T>(files: readonly (readonly [path: string, T])[]): Promise<(readonly [string, T])[]> {
  const found = await existing(files.map(([path]) => path));
  return files.filter(([path]) => found.includes(path));
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
