import { chmod, mkdir } from 'node:fs/promises';
import { quoteWord } from '../shell/quote.js';
import { ROOM_ADDRESSES } from './address-plan.js';
import { renderLabConfig } from './config-file.js';
import { knownHostsLine } from './keys.js';
import type { Lab } from './lab.js';
import { hostPaths, KUAFU_PROGRAM, type LabPaths } from './paths.js';
import { replaceFile } from './record.js';
import { renderHostsFile, renderResolvConf } from './service-configs.js';
import type { LabHost } from './topology.js';

/** Writes what operators of the lab need: configuration, known hosts, names, and the `kuafu` that `lab run` uses. */
export async function writeOwnFiles(lab: Lab): Promise<void> {
  const { paths, topology } = lab;
  await mkdir(paths.bin, { recursive: true });
  // The keys of spare hosts are learned when the hosts are taken into use, as in a real room.
  const known = topology.hosts.filter(({ kind }) => kind !== 'spare');
  const lines = await Promise.all(
    known.map((host) => knownHostsLine(namesOf(host), hostPaths(paths, host.name).hostKey)),
  );
  await replaceFile(paths.knownHosts, `${lines.join('\n')}\n`);
  await replaceFile(paths.hostsFile, renderHostsFile(topology.hosts));
  await replaceFile(paths.resolvConf, renderResolvConf());
  await replaceFile(paths.sshConfig, renderSshConfig(paths));
  await replaceFile(paths.config, await renderLabConfig(topology, paths));
  const program = [
    '#!/bin/sh',
    `exec ${quoteWord(process.execPath)} ${quoteWord(KUAFU_PROGRAM)} "$@"`,
    '',
  ].join('\n');
  await replaceFile(`${paths.bin}/kuafu`, program, 0o755);
  await chmod(`${paths.bin}/kuafu`, 0o755);
}

function namesOf(host: LabHost): readonly string[] {
  const addresses = host.links.flatMap((link) => link.addresses);
  // The entry is an address of the gateway too, but an SSH client there does not reach a host.
  const entries = Object.values(ROOM_ADDRESSES).map(({ entry }) => entry);
  return [host.name, ...addresses.filter((address) => !entries.includes(address))];
}

/** ssh_config(5) for ssh, and so also scp, sftp and rsync, to reach every host of a lab by name. */
function renderSshConfig({ identity, knownHosts, metKeys }: LabPaths): string {
  return `Host *
  User root
  IdentityFile ${identity}
  IdentitiesOnly yes
  UserKnownHostsFile ${metKeys} ${knownHosts}
  StrictHostKeyChecking accept-new
`;
}
