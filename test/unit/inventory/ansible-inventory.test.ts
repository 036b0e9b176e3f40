import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { runInventoryProgram } from '../../../src/lib/config/inventory-program.js';
import { loadConfig } from '../../../src/lib/config/load.js';
import { buildInventory } from '../../../src/lib/inventory/inventory.js';
import type { Host } from '../../../src/lib/inventory/inventory-types.js';
import { Secrets } from '../../../src/lib/secret.js';
import { answerOf, itAgainst, PYTHON } from '../../support/reference.js';
import { tableIn } from '../../support/tables.js';
import { fleet } from './ansible-fleet.js';
import { type Shape, shapes } from './ansible-shapes.js';

const folder = mkdtempSync(join(tmpdir(), 'kuafu-ansible-'));
afterAll(() => rmSync(folder, { recursive: true }));

const itAgainstAnsible = itAgainst(['/usr/bin/ansible-inventory', '--version'], 'ansible-core');

/** A host and its variables; null for an inventory that is refused. */
type Told = Readonly<Record<string, unknown>> | null;

function writeProgram(name: string, { list, hosts = {} }: Shape): string {
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

interface Part {
  readonly hosts?: readonly string[];
  /** Of `_meta` alone. */
  readonly hostvars?: Readonly<Record<string, unknown>>;
}

/** Hosts without variables stand in their groups alone. */
function askAnsible(programs: readonly string[]): Told[] {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
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

async function ours(program: string): Promise<Told> {
  const options = { cwd: folder, timeoutMs: 60_000, secrets: new Secrets() };
  const told = await runInventoryProgram([program], options).catch(() => null);
  if (told === null) return null;
  return Object.fromEntries(
    told.map((host) => [host.name, 'variables' in host ? host.variables : host.fault]),
  );
}

describe('inventories, held against ansible-inventory --list', () => {
  itAgainstAnsible(
    'have the same hosts with the same variables, but for what docs/hosts.md lists',
    async () => {
      const listed = tableIn('docs/hosts.md', 'What differs from Ansible');
      const wanted = shapes();
      const programs = [...wanted].map(([name, shape]) => writeProgram(name, shape));
      const theirs = askAnsible(programs);
      const differing: string[] = [];
      for (const [index, name] of [...wanted.keys()].entries()) {
        const [own, their] = [await ours(programs[index] ?? ''), theirs[index]];
        const isListed = listed.some(([shape]) => shape === name);
        if (!isListed) expect({ name, told: own }).toEqual({ name, told: their });
        else expect({ name, told: own }).not.toEqual({ name, told: their });
        if (isListed) differing.push(name);
      }
      expect(differing).toEqual(listed.map(([shape]) => shape));
      expect(theirs.filter((told) => told !== null).length).toBeGreaterThan(45);
    },
    300_000,
  );

  itAgainstAnsible(
    'are reached as it says: 500 hosts with domains, groups in groups and jump hosts',
    async () => {
      const program = writeProgram('fleet', { list: fleet(500) });
      const file = join(folder, 'kuafu.config.yaml');
      const rooms = '{A: {network: 10.1.0.0/16}, B: {network: 10.2.0.0/16}}';
      writeFileSync(file, `rooms: ${rooms}\ninventory: {exec: ${program}}\n`);
      const said: string[] = [];
      const config = await loadConfig({
        file,
        env: { HOME: folder },
        onDoubt: (sentence) => said.push(sentence),
      });
      const inventory = buildInventory(config, []);
      const [theirs = null] = askAnsible([program]);
      expect([...inventory.hosts.keys()].sort()).toEqual(Object.keys(theirs ?? {}).sort());
      expect(inventory.hosts.size).toBe(500);
      for (const [name, variables] of Object.entries(theirs ?? {}))
        expect({ name, ...reached(inventory.host(name)) }).toEqual({ name, ...meant(variables as Fleet) });
      expect([...said, ...(config.inventory?.remarks ?? [])]).toEqual([]);
    },
  );
});

/** The variables that the fleet has. */
interface Fleet {
  readonly ansible_host: string;
  readonly ansible_port?: string;
  readonly ansible_user: string;
  readonly ansible_ssh_common_args: string;
  readonly ansible_ssh_private_key_file: string;
  readonly kuafu_room: string;
  readonly kuafu_spare?: string;
}

function meant(variables: Fleet) {
  const [, jump] = / (\S+@\S+?)(?:"|$)/.exec(variables.ansible_ssh_common_args) ?? [];
  return {
    room: variables.kuafu_room,
    role: variables.kuafu_spare === undefined ? 'member' : 'spare',
    address: variables.ansible_host,
    port: Number(variables.ansible_port ?? 22),
    user: variables.ansible_user,
    identityFiles: [variables.ansible_ssh_private_key_file],
    proxyJump: [jump],
  };
}

function reached({ room, role, ssh: { address, port, user, identityFiles, proxyJump } }: Host) {
  return { room, role, address, port, user, identityFiles, proxyJump };
}
