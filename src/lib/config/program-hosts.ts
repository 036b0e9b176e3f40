import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { sentenceOf } from '../errors.js';
import { jsonText } from '../json-text.js';
import type { Secrets } from '../masking/secret.js';
import { contains, isAddress, isDialable } from '../names/addresses.js';
import { didYouMean } from '../names/suggest.js';
import { type AnsibleHost, addressOf, otherConnection, readAnsibleHost } from './ansible/host.js';
import { requireBelievable } from './believable.js';
import type { HostClaim } from './check-hosts.js';
import type { KeyPath, ReportIssue } from './config-error.js';
import type { SshOverrides } from './config-types.js';
import { expandHome } from './folders.js';
import type { ToldHost } from './inventory-program.js';
import type { InventoryRemark } from './inventory-remarks.js';
import * as scalars from './scalars.js';
import type { Shape } from './schema.js';
import { jump } from './schema-ssh.js';

const PATH: KeyPath = ['inventory', 'exec'];

/** A host from the inventory program. Its path ends with its name. */
export interface ProgramHost extends HostClaim {
  readonly role: 'host' | 'spare';
  readonly address: string;
  readonly ssh: SshOverrides;
}

export interface ProgramHosts {
  readonly hosts: readonly ProgramHost[];
  readonly remarks: readonly InventoryRemark[];
}

interface Surroundings {
  /** The path of the configuration. */
  readonly file: string;
  readonly home: string;
  readonly rooms: Shape['rooms'];
}

/** The words of the program; a program beside the configuration gets an absolute path. */
export function programWords(exec: readonly string[], file: string, home: string): string[] {
  const [program = '', ...args] = exec;
  return [resolve(dirname(file), expandHome(program, home)), ...args];
}

/**
 * Runs the inventory program and finds the room of each of its hosts. Hosts outside all rooms are ignored: an inventory often has
 * hosts of other tools. An invalid host is left out, and the other hosts are kept.
 */
export async function readProgramHosts(
  { inventory, rooms }: Pick<Shape, 'inventory' | 'rooms'>,
  { file, home, secrets }: { file: string; home: string; secrets: Secrets },
  report: ReportIssue,
): Promise<ProgramHosts> {
  if (inventory === undefined) return { hosts: [], remarks: [] };
  const { runInventoryProgram } = await import('./inventory-program.js');
  const words = programWords(inventory.exec, file, home);
  try {
    requireBelievable(words, file);
    const options = { cwd: dirname(file), timeoutMs: inventory.timeout, secrets };
    const { hosts, remarks } = await placeHosts(await runInventoryProgram(words, options), {
      file,
      home,
      rooms,
    });
    return { hosts, remarks: [...remarks, ...unreadFolders(words)] };
  } catch (error) {
    report(PATH, sentenceOf(error));
    return { hosts: [], remarks: [] };
  }
}

/** The folders beside an inventory from which Ansible reads variables. */
function unreadFolders([program = '']: readonly string[]): InventoryRemark[] {
  const folders = ['group_vars', 'host_vars'].map((name) => join(dirname(program), name));
  return folders.filter(existsSync).map((what) => ({ about: 'not read', name: '', what }));
}

async function placeHosts(told: readonly ToldHost[], where: Surroundings): Promise<ProgramHosts> {
  const dnsNames = told.flatMap((host) =>
    'variables' in host ? nameToResolve(host.name, host.variables) : [],
  );
  const resolved = dnsNames.length === 0 ? new Map<string, string>() : await resolveNames(dnsNames);
  const hosts: ProgramHost[] = [];
  const remarks: InventoryRemark[] = [];
  for (const host of told) {
    const { name } = host;
    try {
      const placed = placeHost(host, resolved, where);
      if ('about' in placed) remarks.push(placed);
      else {
        hosts.push(placed.host);
        remarks.push(...placed.notFollowed.map((what) => ({ about: 'not followed' as const, name, what })));
      }
    } catch (error) {
      remarks.push({ about: 'left out', name, what: sentenceOf(error) });
    }
  }
  return { hosts, remarks };
}

/** A name is resolved only when its address must tell the room. */
function nameToResolve(name: string, variables: Readonly<Record<string, unknown>>): string[] {
  const address = addressOf(name, variables);
  const isAsked = address !== undefined && (variables.kuafu_room ?? null) === null;
  return isAsked && otherConnection(variables) === undefined && isDialable(address) && !isAddress(address)
    ? [address]
    : [];
}

async function resolveNames(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { resolveAll } = await import('./resolve-names.js');
  return await resolveAll(names);
}

type Placed = { readonly host: ProgramHost; readonly notFollowed: readonly string[] } | InventoryRemark;

/** @throws {Error} with the reason to leave it out */
function placeHost(told: ToldHost, resolved: ReadonlyMap<string, string>, where: Surroundings): Placed {
  const { name } = told;
  if ('fault' in told) throw new Error(told.fault);
  const other = otherConnection(told.variables);
  if (other !== undefined) return { about: 'no SSH', name, what: other };
  const reached = addressOf(name, told.variables) ?? '';
  const address = resolved.get(reached) ?? reached;
  const isTold = (told.variables.kuafu_room ?? null) !== null;
  const room = Object.keys(where.rooms).find((each) => contains(where.rooms[each]?.network ?? '', address));
  const isElsewhere = !isTold && room === undefined && (isAddress(address) || isDialable(address));
  if (isElsewhere) return { about: 'in no room', name, what: '' };
  const host = readAnsibleHost(name, told.variables);
  checkHost(host, room, where.rooms);
  const claim = {
    name,
    room: host.room ?? room ?? '',
    role: host.isSpare ? ('spare' as const) : ('host' as const),
    address: host.address,
    path: [...PATH, name],
    ssh: overridesOf(host, where),
  };
  return { host: claim, notFollowed: host.notFollowed };
}

function checkHost(host: AnsibleHost, room: string | undefined, rooms: Shape['rooms']): void {
  if (!scalars.isHostName(host.name)) throw new Error(scalars.HOST_NAME_RULE);
  if (host.room !== undefined && rooms[host.room] === undefined)
    throw new Error(`there is no room ${jsonText(host.room)}${didYouMean(host.room, Object.keys(rooms))}`);
  if (!isDialable(host.address)) throw new Error(`its address ${jsonText(host.address)} is none`);
  if (host.room === undefined && room === undefined) throw new Error('nothing says which room it is of');
  if (host.user !== undefined && !scalars.account.safeParse(host.user).success)
    throw new Error(`its user ${jsonText(host.user)} is no login name`);
  const odd = host.proxyJump?.find((each) => !jump.safeParse(each).success);
  if (odd !== undefined) throw new Error(`its jump host ${jsonText(odd)} is none`);
}

function overridesOf(host: AnsibleHost, { file, home }: Surroundings): SshOverrides {
  const seconds = Number(host.connectTimeout ?? Number.NaN);
  const keys = host.identityFiles?.map((path) => resolve(dirname(file), expandHome(path, home)));
  return {
    port: host.port,
    user: host.user,
    ...(keys === undefined ? {} : { identityFiles: keys }),
    ...(host.proxyJump === undefined ? {} : { proxyJump: host.proxyJump }),
    ...(host.acceptsNewKeys ? { hostKeys: 'accept-new' as const } : {}),
    ...(seconds > 0 ? { connectTimeoutMs: seconds * 1000 } : {}),
  };
}
