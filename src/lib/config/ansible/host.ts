import { sentenceOf } from '../../errors.js';
import { jsonText } from '../../json-text.js';
import type { Variables } from './groups.js';
import { readSshArguments, type SshArguments } from './ssh-args.js';

/** How a host of an Ansible inventory is reached, according to its variables; a setting that they lack is undefined. */
export interface AnsibleHost {
  readonly name: string;
  /** An IP address or a DNS name; if no variable gives one, the host's name. */
  readonly address: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  /** As written: `~` and relative paths are not resolved. */
  readonly identityFiles: readonly string[] | undefined;
  readonly proxyJump: readonly string[] | undefined;
  readonly connectTimeout: string | undefined;
  readonly acceptsNewKeys: boolean;
  /** `kuafu_room`: the room of the host; undefined: the room whose network contains its address. */
  readonly room: string | undefined;
  /** `kuafu_spare`: the host waits in the pool. */
  readonly isSpare: boolean;
  /** Settings that would change a connection of Ansible and that kuafu does not follow. */
  readonly notFollowed: readonly string[];
}

// In the order of Ansible's ssh plugin: if two are set, the later one counts.
const ADDRESS = ['ansible_host', 'ansible_ssh_host'];
const PORT = ['ansible_port', 'ansible_ssh_port'];
const USER = ['ansible_user', 'ansible_ssh_user'];
const KEY = ['ansible_private_key_file', 'ansible_ssh_private_key_file'];

const NOT_FOLLOWED = [
  'ansible_password',
  'ansible_ssh_pass',
  'ansible_ssh_password',
  'ansible_ssh_executable',
  'ansible_ssh_pkcs11_provider',
];

/** The connection plugins that reach a host by SSH to run commands. */
const SSH_CONNECTIONS = new Set(['ssh', 'smart', 'paramiko', 'paramiko_ssh']);

/** The connection of a host that is not reached by SSH, such as winrm; undefined for an SSH host. */
export function otherConnection({ ansible_connection: given }: Variables): string | undefined {
  if (given === undefined || given === null) return undefined;
  const name = String(given).replace(/^ansible\.(builtin|legacy)\./, '');
  return SSH_CONNECTIONS.has(name) || name.includes('{') ? undefined : name;
}

/** @throws {Error} with a sentence about a variable with an invalid value */
export function readAnsibleHost(name: string, variables: Variables): AnsibleHost {
  const text = (keys: readonly string[]) => textOf(keys, variables);
  text(['ansible_connection']);
  const early = sshArguments(['ansible_ssh_args'], variables);
  const late = sshArguments(['ansible_ssh_common_args', 'ansible_ssh_extra_args'], variables);
  const key = text(KEY);
  const identityFiles = [...early.identityFiles, ...(key === undefined ? [] : [key]), ...late.identityFiles];
  return {
    name,
    address: withoutBrackets(text(ADDRESS) ?? name),
    port: portOf(early.port ?? text(PORT) ?? late.port),
    user: early.user ?? text(USER) ?? late.user,
    identityFiles: identityFiles.length > 0 ? identityFiles : undefined,
    proxyJump: early.proxyJump ?? late.proxyJump,
    connectTimeout: early.connectTimeout ?? late.connectTimeout,
    acceptsNewKeys: early.acceptsNewKeys || late.acceptsNewKeys,
    room: text(['kuafu_room']),
    isSpare: isYes('kuafu_spare', variables),
    notFollowed: [
      ...NOT_FOLLOWED.filter((variable) => (variables[variable] ?? '') !== ''),
      ...early.notFollowed,
      ...late.notFollowed,
    ],
  };
}

/** The address of the host; undefined when it is invalid. */
export function addressOf(name: string, variables: Variables): string | undefined {
  try {
    return withoutBrackets(textOf(ADDRESS, variables) ?? name);
  } catch {
    return undefined;
  }
}

/** For an IPv6 address written as in a URL. */
function withoutBrackets(address: string): string {
  return address.replace(/^\[([^:\n]*:.*)\]$/, '$1');
}

function sshArguments(keys: readonly string[], variables: Variables): SshArguments {
  const lines = keys.flatMap((key) => {
    const value = unwrapped(variables[key]);
    return value === undefined || value === null || value === '' ? [] : [textOf([key], variables) ?? ''];
  });
  try {
    return readSshArguments(lines.join(' '));
  } catch (error) {
    const named = keys.filter((key) => variables[key] !== undefined && variables[key] !== null);
    throw new Error(`${named.join(' or ')} ${sentenceOf(error)}`);
  }
}

/** The last of these variables that is set; null counts as not set. */
function textOf(keys: readonly string[], variables: Variables): string | undefined {
  const key = keys.findLast((each) => (variables[each] ?? undefined) !== undefined);
  if (key === undefined) return undefined;
  const value = unwrapped(variables[key]);
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text === '') throw new Error(`${key} is no text`);
  if (/\{[{%#]/.test(text)) throw new Error(`${key} is a template, which Ansible alone can fill in`);
  return text;
}

/** Unwraps the form in which Ansible's JSON gives a text that must not be read as a template. */
function unwrapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('__ansible_unsafe' in value)) return value;
  return value.__ansible_unsafe;
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new Error(`its port ${jsonText(text)} is none`);
}

const YES = /^(y|yes|on|1|t|true)$/i;
const NO = /^(n|no|off|0|f|false)$/i;

/** Whether Ansible's `bool` reads it as true. */
function isYes(key: string, variables: Variables): boolean {
  const value = variables[key] ?? false;
  const text = String(unwrapped(value));
  if (YES.test(text)) return true;
  if (NO.test(text)) return false;
  throw new Error(`${key} is neither yes nor no`);
}
