import { join } from 'node:path';
import { findConfigFile } from '../../lib/config/find.js';
import { expandHome, homeFolder, stateFolder, workingFolder } from '../../lib/config/folders.js';
import { type Names, readNames } from '../../lib/config/names.js';
import type { WhichOperations } from '../../lib/ledger/read-names.js';
import { sanitizeLine } from '../../lib/ui/frame/sanitize.js';

/** A user would not read more, and a shell would ask whether to show them. */
const MOST = 500;

/** Only names that a shell need not quote. */
const HARMLESS = /^[\w.@:,!&-]+(\t|$)/;

type Source = (
  names: Names,
  given: ReadonlyMap<string, string>,
) => Promise<readonly string[]> | readonly string[];

/** The possible values, by the name of a flag or an argument. */
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
  lost: ({ rooms }) => rooms,
  'template-ip': ({ addresses }) => addresses,
  init: ({ file }) => initTemplates(file),
  id: ({ ledger }) => operationIds(ledger, 'any'),
  resume: ({ ledger }) => operationIds(ledger, 'resumable'),
  close: ({ ledger }) => operationIds(ledger, 'resumable'),
  running: ({ ledger }) => operationIds(ledger, 'running'),
  open: ({ ledger }) => operationIds(ledger, 'open'),
  word: () => ['go', 'heal'],
  undo: ({ ledger }) => operationIds(ledger, 'undoable'),
};

/** Arguments that are node sets: the last part of the set is completed, as in `web-b-01,web-b-0`. */
const NODE_SETS: ReadonlySet<string> = new Set(['host', 'hosts', 'nodeset', 'nodesets', 'spares']);

/** The flags that take the name of a file or folder. */
const FILES = new Set(['config', 'out-dir', 'to', 'html']);

/** Values of a flag or an argument that begin with the typed text, from the configuration that the command would use. */
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
  // A shell passes the quote at the beginning of a word, and puts it back itself.
  const bare = typed.replace(/^['"]/, '');
  const done = NODE_SETS.has(name) ? bare.replace(/(?<![^,!&])[^,!&]*$/, '') : '';
  const begun = bare.slice(done.length);
  const there = new Set(done.split(/[,!&]/));
  const candidates = await source(names, given);
  return candidates
    .filter((line) => line.startsWith(begun) && HARMLESS.test(line) && !there.has(line))
    .slice(0, MOST)
    .map((line) => `${done}${line.split('\t').map(sanitizeLine).join('\t')}`);
}

/** Candidates for a node set: hosts, spare hosts, and groups such as `@app:shop`. */
function selections({ apps, rooms, hosts, spares }: Names): readonly string[] {
  const sets = ['@all', ...apps.map((app) => `@app:${app}`), ...rooms.map((room) => `@idc:${room}`)];
  return [...hosts, ...spares, ...sets];
}

function ledgerFile(written: string): string {
  const named = /^sqlite:(.+)$/.exec(written)?.[1] ?? join(stateFolder(process.env), 'ledger.db');
  return expandHome(named, homeFolder(process.env));
}

async function initTemplates(configFile: string): Promise<readonly string[]> {
  const { listInitTemplates } = await import('../../lib/scale/init-template.js');
  return await listInitTemplates(configFile);
}

/** The newest operations for which the command is possible, and what they were. */
async function operationIds(ledger: string, which: WhichOperations): Promise<readonly string[]> {
  try {
    const { readOperationNames } = await import('../../lib/ledger/read-names.js');
    return await readOperationNames(ledgerFile(ledger), which);
  } catch {
    return [];
  }
}
