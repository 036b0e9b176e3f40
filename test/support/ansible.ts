import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerOf, itAgainst, PYTHON } from './reference.js';

export const itAgainstAnsible = itAgainst(['/usr/bin/ansible-inventory', '--version'], 'ansible-core');

/** What an inventory program prints: for `--list`, and for `--host NAME` where `_meta` does not say it. */
export interface Shape {
  readonly list: unknown;
  readonly hosts?: Readonly<Record<string, unknown>>;
}

/** A program in a folder of its own that prints this. */
export function writeInventory(folder: string, name: string, { list, hosts = {} }: Shape): string {
  const own = join(folder, name.replaceAll(' ', '-'));
  mkdirSync(own);
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  writeFileSync(join(own, 'list.json'), text(list));
  for (const [host, said] of Object.entries(hosts)) writeFileSync(join(own, `${host}.json`), text(said));
  const program = join(own, 'hosts');
  writeFileSync(
    program,
    `#!/bin/sh\ncd '${own}'\ncase $1 in --list) cat list.json ;; *) cat "$2.json" 2> /dev/null ;; esac\nexit 0\n`,
  );
  chmodSync(program, 0o755);
  return program;
}

/** A host and its variables; null for an inventory that is refused. */
export type Told = Readonly<Record<string, unknown>> | null;

interface Part {
  readonly hosts?: readonly string[];
  /** Of `_meta` alone. */
  readonly hostvars?: Readonly<Record<string, unknown>>;
}

/**
 * What `ansible-inventory --list` makes of inventory programs. Hosts without variables stand in their groups alone.
 *
 * @param home for what Ansible reads and writes there
 */
export function askAnsible(programs: readonly string[], home: string): Told[] {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    ANSIBLE_INVENTORY_ENABLED: 'script',
    ANSIBLE_INVENTORY_UNPARSED_FAILED: 'true',
    ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: 'true',
  };
  const answer = answerOf([PYTHON, 'test/support/ansible_inventory.py', ...programs], '', env);
  return (JSON.parse(answer) as (Readonly<Record<string, Part>> | null)[]).map((listing) => {
    if (listing === null) return null;
    const { _meta, ...groups } = listing;
    const members = Object.values(groups).flatMap(({ hosts = [] }) => hosts);
    return { ...Object.fromEntries(members.map((name) => [name, {}])), ..._meta?.hostvars };
  });
}
