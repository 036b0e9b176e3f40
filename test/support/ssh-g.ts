import { type Asked, evaluate, type Found } from '../../src/lib/ssh-config/evaluate.js';
import { parseJumps, renderJump } from '../../src/lib/ssh-config/jump.js';
import type { Machine } from '../../src/lib/ssh-config/machine.js';
import { readConfigFile } from '../../src/lib/ssh-config/read.js';
import { clientSettings } from '../../src/lib/ssh-config/settings.js';
import type { Answer } from './ssh-oracle.js';

/** The options that are compared, as `ssh -G` prints them; the others decide nothing in kuafu. */
const COMPARED = [
  'user',
  'hostname',
  'port',
  'addressfamily',
  'bindaddress',
  'certificatefile',
  'connecttimeout',
  'globalknownhostsfile',
  'hostkeyalias',
  'identitiesonly',
  'identityagent',
  'identityfile',
  'proxycommand',
  'proxyjump',
  'stricthostkeychecking',
  'userknownhostsfile',
];

/** kuafu's answer to the same question. */
export async function askKuafu(
  file: string,
  asked: Asked & { port?: number },
  machine: Machine,
): Promise<Answer> {
  try {
    const config = {
      files: [await readConfigFile(file, machine, { folder: `${machine.home}/.ssh`, isSystem: false })],
      machine,
    };
    const settings = clientSettings(config, asked);
    if (settings.refusal !== undefined) return { refusal: settings.refusal.value };
    const found = evaluate(config, asked);
    const lines: [string, string | undefined][] = [
      ['user', asked.user ?? settings.user?.value ?? machine.userName],
      ['hostname', asked.address ?? settings.hostName?.value ?? asked.names[0]?.toLowerCase()],
      ['port', String(asked.port ?? settings.port?.value ?? 22)],
      ['addressfamily', { 4: 'inet', 6: 'inet6', 0: 'any' }[settings.addressFamily?.value ?? 0]],
      ['bindaddress', settings.bindAddress?.value],
      ['connecttimeout', settings.connectTimeoutMs ? String(settings.connectTimeoutMs.value / 1000) : 'none'],
      ['globalknownhostsfile', listed(settings.globalKnownHostsFiles?.value ?? GLOBAL)],
      ['userknownhostsfile', listed(settings.userKnownHostsFiles?.value ?? userFiles(machine))],
      ['hostkeyalias', settings.hostKeyAlias?.value],
      ['identitiesonly', settings.identitiesOnly?.value ? 'yes' : 'no'],
      ['identityagent', settings.identityAgent && (settings.identityAgent.value ?? 'none')],
      ['proxycommand', settings.proxyCommand?.value],
      ['proxyjump', jumpsOf(found)],
      ['stricthostkeychecking', STRICTNESS[settings.strictHostKeyChecking?.value ?? 'ask']],
      ...listOf(found, 'certificatefile', []),
      ...listOf(found, 'identityfile', DEFAULT_KEYS),
    ];
    const answer = new Map<string, string[]>();
    for (const [keyword, value] of lines)
      if (value !== undefined) answer.set(keyword, [...(answer.get(keyword) ?? []), value]);
    return { options: answer };
  } catch (error) {
    return { refusal: String(error) };
  }
}

const GLOBAL = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'];
const STRICTNESS: Readonly<Record<string, string>> = {
  yes: 'true',
  no: 'false',
  ask: 'ask',
  'accept-new': 'accept-new',
};
const DEFAULT_KEYS = [
  'id_rsa',
  'id_ecdsa',
  'id_ecdsa_sk',
  'id_ed25519',
  'id_ed25519_sk',
  'id_xmss',
  'id_dsa',
].map((name) => `~/.ssh/${name}`);

function listed(files: readonly string[]): string {
  return files.length === 0 ? 'none' : files.join(' ');
}

function userFiles({ home }: Machine): string[] {
  return [`${home}/.ssh/known_hosts`, `${home}/.ssh/known_hosts2`];
}

/** ssh prints names of files as they are written: it replaces tokens when it opens them. */
function listOf({ lists }: Found, keyword: string, none: readonly string[]): [string, string][] {
  const values = lists.get(keyword)?.map((setting) => setting.values[0] ?? '') ?? none;
  return values.map((value) => [keyword, value]);
}

function jumpsOf({ settings }: Found): string | undefined {
  const written = settings.get('proxyjump')?.values[0];
  return written === undefined || written === 'none'
    ? undefined
    : parseJumps(written).map(renderJump).join(',');
}

/** The options in which two answers differ, with what each says. */
export function differences(ssh: Answer, kuafu: Answer): string[] {
  if (ssh.refusal !== undefined && kuafu.refusal !== undefined) return [];
  if (ssh.refusal !== undefined) return [`ssh alone refuses it: ${ssh.refusal}`];
  if (kuafu.refusal !== undefined) return [`kuafu alone refuses it: ${kuafu.refusal}`];
  return COMPARED.flatMap((keyword) => {
    const [theirs, ours] = [ssh, kuafu].map(({ options }) => normalized(keyword, options?.get(keyword)));
    return theirs === ours ? [] : [`${keyword}: ssh ${theirs}, kuafu ${ours}`];
  });
}

function normalized(keyword: string, values: readonly string[] | undefined): string {
  if (keyword === 'proxyjump' && values?.[0] !== undefined)
    return parseJumps(values[0]).map(renderJump).join(',');
  return JSON.stringify(values ?? []);
}
