import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Config } from '../../../src/lib/config/config-types.js';
import { loadConfig } from '../../../src/lib/config/load.js';

export const ROOMS = `rooms:
  A: {network: 198.18.1.0/24, gateway: {host: gw-a, address: 198.18.1.1}, hosts: {web-1: 198.18.1.11}}
  B: {network: 198.18.2.0/24}
  C: {network: fd00:3::/64}
`;

export const APP = 'apps: {shop: {service: s.service, files: [/opt/s], groups: {web: {A: "web-[1-3]"}}}}';

/** A folder with a configuration and its inventory program, new for each test. */
export interface WithProgram {
  folder: string;
  /** What loading said on the way. */
  said: string[];
  /** Loads a configuration whose inventory program is this shell script. */
  load(script: string, rest?: string, timeout?: string): Promise<Config>;
}

export function withProgram(): WithProgram {
  const place: WithProgram = {
    folder: '',
    said: [],
    async load(script, rest = '', timeout = '10s') {
      const { folder, said } = place;
      await writeFile(join(folder, 'hosts.sh'), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, 'hosts.sh'), 0o755);
      const file = join(folder, 'k.yaml');
      await writeFile(file, `${ROOMS}inventory: {exec: [./hosts.sh, --all], timeout: ${timeout}}\n${rest}`);
      return await loadConfig({ file, env: { HOME: folder }, onDoubt: (sentence) => said.push(sentence) });
    },
  };
  beforeEach(async () => {
    place.folder = await realpath(await mkdtemp(join(tmpdir(), 'kuafu-program-')));
    place.said = [];
  });
  afterEach(async () => {
    await rm(place.folder, { recursive: true });
  });
  return place;
}

/** Prints a group of hosts with these variables. */
export function print(hostvars: Readonly<Record<string, object>>): string {
  const list = { web: { hosts: Object.keys(hostvars) }, _meta: { hostvars } };
  return `[ "$*" = "--all --list" ] && cat <<'END'\n${JSON.stringify(list)}\nEND`;
}
