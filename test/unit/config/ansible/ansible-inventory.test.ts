import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { runInventoryProgram } from '../../../../src/lib/config/inventory-program.js';
import { Secrets } from '../../../../src/lib/masking/secret.js';
import { askAnsible, itAgainstAnsible, type Told, writeInventory } from '../../../support/ansible.js';
import { tableIn } from '../../../support/tables.js';
import { shapes } from './ansible-shapes.js';

const folder = mkdtempSync(join(tmpdir(), 'kuafu-ansible-'));
afterAll(() => rmSync(folder, { recursive: true }));

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
      const programs = [...wanted].map(([name, shape]) => writeInventory(folder, name, shape));
      const theirs = askAnsible(programs, folder);
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
});
