import type { LabPaths } from './paths.js';

/** ssh_config(5) by which ssh, and with it scp, sftp and rsync, reach every host of a lab by its name. */
export function renderSshConfig({ identity, knownHosts, metKeys }: LabPaths): string {
  return `Host *
  User root
  IdentityFile ${identity}
  IdentitiesOnly yes
  UserKnownHostsFile ${metKeys} ${knownHosts}
  StrictHostKeyChecking accept-new
`;
}
