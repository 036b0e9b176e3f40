import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/commands/program.js';
import { faultsOfLine } from '../support/command-faults.js';
import { type Documented, documentedIn, PAGES } from '../support/documented.js';

const COMMAND_NAMES = (await createProgram([], '0')).commands.map((command) => command.name());
const lines = PAGES.flatMap(documentedIn);

/** What is wrong with a line: one of a block is to be typed as it stands, one in a sentence may be a name. */
const faultsOf = ({ line, isBlock }: Documented) =>
  faultsOfLine(line.replaceAll(/[[\]]/g, ' '), { whole: isBlock });

describe('what the documents tell to type', () => {
  it('is found', () => {
    expect(lines.filter(({ isBlock }) => isBlock).length).toBeGreaterThan(30);
    expect(lines.filter(({ prints }) => prints.length > 0).length).toBeGreaterThan(2);
  });

  it.each(lines.map((each) => [each.at, each.line, each] as const))(
    '%s %s is there',
    async (_at, _line, each) => {
      expect(await faultsOf(each)).toEqual([]);
    },
  );

  it('is missed where it is not there', async () => {
    const typed = (line: string) => faultsOf({ at: '', line, prints: [], isBlock: true });
    expect(await typed("kuafu ops lst --limit 3 'a b'")).toEqual(['no command lst']);
    expect(await typed("kuafu ops list --limit 3 --mine 'a b' | jq --x")).toEqual(['no --mine']);
    expect(await typed('kuafu resource list --cvs -- --x')).toEqual(['no --cvs']);
  });
});

/** What a line of a crontab may run unasked: it only looks. */
const LOOKS = [
  'agents',
  'db status',
  'dns check',
  'dns status',
  'env diff',
  'ops list',
  'report',
  'rooms',
  'switch status',
  'traffic status',
];
const CRON_LINE = /^(?:@\w+|(?:[\d*,/-]+ +){4}[\d*,/-]+) +(.*)$/gm;

it('a line for a crontab changes nothing', () => {
  const found = PAGES.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(CRON_LINE)].map(([, line = '']) => line),
  );
  expect(found.length).toBeGreaterThan(1);
  const isHarmless = (line: string) => LOOKS.some((verb) => line.startsWith(`kuafu ${verb} `));
  expect(found.filter((line) => !isHarmless(line))).toEqual([]);
});

/** Flags of other programs, which documents name as well: an Ansible inventory's. */
const FOREIGN: ReadonlySet<string> = new Set(['--list']);

it.each(PAGES)('%s names no flag that no command has', async (page) => {
  const named = [...readFileSync(page, 'utf8').matchAll(/`(--[a-z][a-z-]*)/g)].map(([, flag = '']) => flag);
  const program = await createProgram(COMMAND_NAMES, '0');
  const all = (command: Command): string[] => [
    ...command.options.map(({ long }) => long ?? ''),
    ...command.commands.flatMap(all),
  ];
  const known = new Set([...all(program), '--help', '--version']);
  expect(named.filter((flag) => !known.has(flag) && !FOREIGN.has(flag))).toEqual([]);
});
