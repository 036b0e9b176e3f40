import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { askAnsible, itAgainstAnsible, writeInventory } from '../support/ansible.js';
import { fleet } from '../support/ansible-fleet.js';
import { kuafu } from '../support/kuafu.js';

const folder = mkdtempSync(join(tmpdir(), 'kuafu-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('an Ansible inventory of 500 hosts with domains, groups in groups and jump hosts', () => {
  itAgainstAnsible('has them all, and each is reached as ansible-inventory says', async () => {
    const program = writeInventory(folder, 'fleet', { list: fleet(500) });
    const file = join(folder, 'kuafu.config.yaml');
    const rooms = '{A: {network: 10.1.0.0/16}, B: {network: 10.2.0.0/16}}';
    writeFileSync(file, `rooms: ${rooms}\nssh: {configFile: none}\ninventory: {exec: ${program}}\n`);
    expect(await kuafu(['config', 'check', '--config', file])).toMatchObject({
      code: 0,
      stdout: `${file}: ok, 2 rooms, 494 hosts, 6 spare hosts, 0 apps\n`,
      stderr: '',
    });
    const { stdout } = await kuafu(['config', 'hosts', '--json', '--config', file]);
    const { hosts } = JSON.parse(stdout) as { readonly hosts: readonly Reached[] };
    const [theirs = null] = askAnsible([program], folder);
    const wanted = Object.entries(theirs ?? {}).map(([name, variables]) =>
      meant(name, variables as Variables),
    );
    const byName = (a: { host: string }, b: { host: string }) => (a.host < b.host ? -1 : 1);
    expect(hosts.map(essence).sort(byName)).toEqual(wanted.sort(byName));
    expect(hosts.length).toBe(500);
  });
});

/** Of `config hosts --json`. */
interface Reached {
  readonly host: string;
  readonly room: string;
  readonly role: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly string[];
  readonly jumps: readonly { readonly written: string }[];
}

function essence({ host, room, role, address, port, user, identityFiles, jumps }: Reached) {
  return { host, room, role, address, port, user, identityFiles, jumps: jumps.map(({ written }) => written) };
}

/** Those that the fleet has. */
interface Variables {
  readonly ansible_host: string;
  readonly ansible_port?: string;
  readonly ansible_user: string;
  readonly ansible_ssh_common_args: string;
  readonly ansible_ssh_private_key_file: string;
  readonly kuafu_room: string;
  readonly kuafu_spare?: string;
}

function meant(host: string, variables: Variables) {
  const [, jump] = / (\S+@\S+?)(?:"|$)/.exec(variables.ansible_ssh_common_args) ?? [];
  return {
    host,
    room: variables.kuafu_room,
    role: variables.kuafu_spare === undefined ? 'member' : 'spare',
    address: variables.ansible_host,
    port: Number(variables.ansible_port ?? 22),
    user: variables.ansible_user,
    identityFiles: [variables.ansible_ssh_private_key_file],
    jumps: [jump],
  };
}
