import { join } from 'node:path';
import { findConfigFile } from '../../lib/config/find.js';
import { expandHome, homeFolder, stateFolder, workingFolder } from '../../lib/config/folders.js';
import { type Names, readNames } from '../../lib/config/names.js';
import { sanitizeLine } from '../../lib/ui/sanitize.js';

/** More would not be read, and would make a shell ask whether to show them. */
const MOST = 500;

/** Only what a shell need not quote. */
const HARMLESS = /^[\w.@:,!&-]+(\t|$)/;

type Source = (
  names: Names,
  given: ReadonlyMap<string, string>,
) => Promise<readonly string[]> | readonly string[];

/** By the name of a flag or an argument: what it may be. */
const SOURCES: Readonly<Record<string, Source>> = {
  app: ({ apps }) => apps,
  group: ({ groups }, given) =>
    groups.get(given.get('app') ?? '') ?? [...new Set([...groups.values()].flat())],
  idc: ({ rooms }) => rooms,
  room: ({ rooms }) => rooms,
  host: ({ hosts, spares }) => [...hosts, ...spares],
  hosts: selections,
  nodeset: selections,
  nodesets: selections,
  spares: ({ spares }) => spares,
  id: ({ ledger }) => operationIds(ledger),
  undo: ({ ledger }) => operationIds(ledger),
};

/** The flags whose value is the name of a file or folder. */
const FILES = new Set(['config', 'out-dir']);

/** Values of a flag or an argument that begin with what was typed, of the configuration that would be used. */
export async function valuesOf(
  name: string,
  typed: string,
  given: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  if (FILES.has(name)) return [':files'];
  const source = SOURCES[name];
  if (source === undefined) return [];
  const found = { file: given.get('config'), cwd: workingFolder(), env: process.env };
  const names = await findConfigFile(found).then(readNames, () => undefined);
  if (names === undefined) return [];
  // Of a node set the last part is completed: web-b-01,web-b-0
  const done =
    name.startsWith('host') || name.startsWith('nodeset') || name === 'spares'
      ? typed.replace(/[^,!&]*$/, '')
      : '';
  const begun = typed.slice(done.length);
  const candidates = await source(names, given);
  return candidates
    .filter((line) => line.startsWith(begun) && HARMLESS.test(line))
    .slice(0, MOST)
    .map((line) => `${done}${line.split('\t').map(sanitizeLine).join('\t')}`);
}

/** Groups of hosts by `@` first, and spares only where they are named. */
function selections({ apps, rooms, hosts, spares }: Names): readonly string[] {
  const sets = ['@all', ...apps.map((app) => `@app:${app}`), ...rooms.map((room) => `@idc:${room}`)];
  return [...hosts, ...spares, ...sets];
}

function ledgerFile(written: string): string {
  const named = /^sqlite:(.+)$/.exec(written)?.[1] ?? join(stateFolder(process.env), 'ledger.db');
  return expandHome(named, homeFolder(process.env));
}

/** The newest operations, with what they were. */
async function operationIds(ledger: string): Promise<readonly string[]> {
  try {
    const { readOperationNames } = await import('../../lib/ledger/read-names.js');
    return await readOperationNames(ledgerFile(ledger));
  } catch {
    return [];
  }
}
