import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Folders of src/, the lowest first: a file imports from its own folder and from those before it. CONTRIBUTING.md shows them. */
const ORDER = [
  ['package-file.ts'],
  ['host-script.ts'],
  ['lib'],
  ['lib/masking', 'lib/names', 'lib/own-files', 'lib/shell'],
  ['lib/ssh-config', 'lib/own-programs'],
  ['lib/ssh', 'lib/config'],
  ['lib/channel', 'lib/guard', 'lib/plan', 'lib/fanout', 'lib/lab'],
  ['lib/logs'],
  ['lib/record'],
  ['lib/ledger'],
  ['lib/inventory', 'lib/run'],
  ['lib/copy', 'lib/layers', 'lib/pool'],
  ['lib/host'],
  ['lib/database', 'lib/dns', 'lib/traffic'],
  ['lib/unit'],
  ['lib/restart', 'lib/switch'],
  ['lib/env', 'lib/maintenance'],
  ['lib/scale', 'lib/start'],
  ['lib/clean'],
  ['lib/actions.ts', 'lib/report'],
  ['lib/ui/frame'],
  ['lib/ui/run', 'lib/ui/logs', 'lib/ui/report', 'lib/ui/inventory', 'lib/ui/lab', 'lib/ui/dns'],
  ['lib/ui/exec', 'lib/ui/ops'],
  ['lib/ui/env'],
  ['commands'],
  ['main.ts'],
];

/** `import … from`, `export … from` and `import()`: of types alone with the first group, when it is needed with the second. */
const IMPORT = /(?:^(?:import|export)( type)? [^;']*?from |(\bimport\())'(\.[^']+)\.js'/gm;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  /** `type`: it is gone when the program runs. `later`: by import(). */
  readonly kind: 'now' | 'type' | 'later';
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  return [...text.matchAll(IMPORT)].map(({ 1: type, 2: later, 3: path = '', index, 0: all }) => ({
    from: file,
    to: `${normalize(join(dirname(file), path))}.ts`,
    line: text.slice(0, index + all.length).split('\n').length,
    kind: type !== undefined ? 'type' : later !== undefined ? 'later' : 'now',
  }));
}

/** A file of src/ itself stands alone, as do those that ORDER names; below src/lib the second folder counts, below src/lib/ui the third. */
function folderOf(file: string): string {
  if (ORDER.some((level) => level.includes(file))) return file;
  const folders = dirname(file).split('/');
  if (folders[0] !== 'lib') return folders[0] === '.' ? file : (folders[0] ?? '');
  return folders.slice(0, folders[1] === 'ui' ? 3 : 2).join('/');
}

function levelOf(file: string): number {
  return ORDER.findIndex((level) => level.includes(folderOf(file)));
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const imports = files.flatMap(importsOf);

it('knows a place for every file, and finds the imports', () => {
  expect(files.filter((file) => levelOf(file) < 0)).toEqual([]);
  expect(imports.length).toBeGreaterThan(1500);
  expect(imports.filter(({ to }) => !files.includes(to))).toEqual([]);
});

it('no file imports from a folder that stands above its own, or beside it', () => {
  const others = imports.filter(({ from, to }) => folderOf(from) !== folderOf(to));
  const upwards = others.filter(({ from, to }) => levelOf(to) >= levelOf(from));
  expect(upwards.map(({ from, to, line }) => `src/${from}:${line} imports src/${to}`)).toEqual([]);
});

it('no file imports one that imports it, be it types alone', () => {
  const targets = new Map(files.map((file): [string, string[]] => [file, []]));
  for (const { from, to } of imports) targets.get(from)?.push(to);
  const seen = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (seen.get(file) === 'open') circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (seen.has(file)) return;
    seen.set(file, 'open');
    for (const to of targets.get(file) ?? []) visit(to, [...way, file]);
    seen.set(file, 'done');
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

it('the session behind one that only reads is had by the questions of channel/ alone', () => {
  const foreign = imports.filter(
    ({ from, to }) => to === 'lib/ssh/behind.ts' && !['lib/channel', 'lib/ssh'].includes(folderOf(from)),
  );
  expect(foreign.map(({ from, line }) => `src/${from}:${line}`)).toEqual([]);
});

it('connections that write are opened by commands that write without a plan alone', () => {
  const writing = imports.filter(({ to }) => to === 'lib/ssh/connections.ts').map(({ from }) => from);
  expect(writing).toEqual(['commands/connections.ts']);
  const opening = files.filter(
    (file) =>
      file.startsWith('commands/') && readFileSync(join(SRC, file), 'utf8').includes('openWriteConnections('),
  );
  expect(opening.sort()).toEqual([
    'commands/connections.ts',
    'commands/exec/exec-action.ts',
    'commands/ops/ops-action.ts',
    'commands/ops/ops-resume-action.ts',
  ]);
  const confirmed = files.filter((file) => readFileSync(join(SRC, file), 'utf8').includes('.confirmed()'));
  expect(confirmed).toEqual(['commands/propose.ts']);
});

it('names and options of a command are there without what it does', () => {
  const isAction = (file: string) => file.endsWith('-action.ts');
  const early = imports.filter(({ from, to, kind }) => kind === 'now' && isAction(to) && !isAction(from));
  expect(early.map(({ from, to, line }) => `src/${from}:${line} imports src/${to}`)).toEqual([]);
});
