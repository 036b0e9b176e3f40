import { dirname, resolve } from 'node:path';
import { sentenceOf } from '../errors.js';
import type { AnsibleHost } from '../inventory/ansible.js';
import { didYouMean } from '../inventory/suggest.js';
import { lookAt } from '../own-files/look.js';
import { notOurs } from '../own-files/not-ours.js';
import type { Secrets } from '../secret.js';
import { contains } from './addresses.js';
import type { HostClaim } from './check-hosts.js';
import type { KeyPath, ReportIssue } from './config-error.js';
import type { SshOverrides } from './config-types.js';
import { believedBy } from './find.js';
import { expandHome } from './folders.js';
import { address, isName, NAME_RULE } from './scalars.js';
import type { Shape } from './schema.js';

const PATH: KeyPath = ['inventory', 'exec'];

/** A host that the inventory program tells of. */
export interface ProgramHost extends HostClaim {
  readonly role: 'host' | 'spare';
  readonly address: string;
  readonly ssh: SshOverrides;
}

/** The words of the program; one beside the configuration is made absolute. */
export function programWords(exec: readonly string[], file: string, home: string): string[] {
  const [program = '', ...args] = exec;
  return [resolve(dirname(file), expandHome(program, home)), ...args];
}

/**
 * Runs the inventory program and finds the room of each of its hosts. Hosts outside all rooms are no concern of ours: an
 * inventory often has more than one tool's.
 */
export async function readProgramHosts(
  { inventory, rooms }: Pick<Shape, 'inventory' | 'rooms'>,
  { file, home, secrets }: { file: string; home: string; secrets: Secrets },
  report: ReportIssue,
): Promise<ProgramHost[]> {
  if (inventory === undefined) return [];
  const { runInventoryProgram } = await import('./inventory-program.js');
  const words = programWords(inventory.exec, file, home);
  try {
    requireBelievable(words, file);
    const found = await runInventoryProgram(words, {
      cwd: dirname(file),
      timeoutMs: inventory.timeout,
      secrets,
    });
    return found.flatMap((host) => placeHost(host, rooms, report));
  } catch (error) {
    report(PATH, sentenceOf(error));
    return [];
  }
}

/**
 * Who can write the program can run anything as this user; so can who writes what an interpreter is given to run, which may
 * be any of its arguments.
 * @throws {Error} with a sentence
 */
function requireBelievable([program = '', ...args]: readonly string[], file: string): void {
  const owners = believedBy(file);
  const given = args.map((arg) => resolve(dirname(file), arg));
  for (const path of [program, ...given]) {
    const { stats, doubt } = lookAt(path, owners);
    const isRun = path === program || stats?.isFile() === true || stats?.isDirectory() === true;
    if (isRun && doubt !== undefined)
      throw new Error(`it is not run: ${notOurs(path, doubt).message} (${doubt.mend})`);
  }
}

function placeHost(host: AnsibleHost, rooms: Shape['rooms'], report: ReportIssue): ProgramHost[] {
  const hostAddress = host.address;
  const hasAddress = hostAddress !== undefined && address.safeParse(hostAddress).success;
  const room =
    host.room ??
    Object.keys(rooms).find((name) => hasAddress && contains(rooms[name]?.network ?? '', hostAddress));
  if (room === undefined) return [];
  const shown = JSON.stringify(host.name);
  if (rooms[room] === undefined)
    report(PATH, `host ${shown}: there is no room ${room}${didYouMean(room, Object.keys(rooms))}`);
  else if (!isName(host.name)) report(PATH, `host ${shown} ${NAME_RULE}`);
  else if (!hasAddress) report(PATH, `host ${shown}: ansible_host is no IP address`);
  else {
    const ssh = { port: host.port, user: host.user };
    const role = host.isSpare ? 'spare' : 'host';
    return [{ name: host.name, room, role, address: hostAddress, path: PATH, ssh }];
  }
  return [];
}
