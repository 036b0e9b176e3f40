import { join } from 'node:path';
import { packageFile } from '../../package-file.js';

/** Everything that a lab keeps on disk is in its own folder below this one. */
export const LABS_FOLDER = '/var/lib/kuafu/lab';
export const IMAGE_CACHE = '/var/cache/kuafu/lab';
export const NETNS_FOLDER = '/run/netns';

export const TEMPLATES = packageFile('templates/lab/');
export const KUAFU_PROGRAM = packageFile('bin/kuafu.js');

/** Where one lab keeps its files. `down` removes all of them. */
export interface LabPaths {
  readonly folder: string;
  readonly record: string;
  readonly config: string;
  readonly ledger: string;
  readonly identity: string;
  readonly knownHosts: string;
  /** Host keys that ssh(1) has learned in `lab run`; kuafu learns the keys of spare hosts itself. */
  readonly metKeys: string;
  /** The files that `lab run` shows as /etc/resolv.conf, /etc/hosts and /etc/ssh/ssh_config. */
  readonly resolvConf: string;
  readonly hostsFile: string;
  readonly sshConfig: string;
  /** Holds the `kuafu` that comes first in the PATH of `lab run`. */
  readonly bin: string;
  /** The application: a layer between the image and the app hosts' own files. */
  readonly shopLayer: string;
  readonly hosts: string;
}

export function labPaths(name: string): LabPaths {
  const folder = join(LABS_FOLDER, name);
  return {
    folder,
    record: join(folder, 'lab.json'),
    config: join(folder, 'kuafu.config.yaml'),
    ledger: join(folder, 'ledger.db'),
    identity: join(folder, 'id_ed25519'),
    knownHosts: join(folder, 'known_hosts'),
    metKeys: join(folder, 'met_keys'),
    resolvConf: join(folder, 'resolv.conf'),
    hostsFile: join(folder, 'hosts.txt'),
    sshConfig: join(folder, 'ssh_config'),
    bin: join(folder, 'bin'),
    shopLayer: join(folder, 'shop-layer'),
    hosts: join(folder, 'hosts'),
  };
}

export interface HostPaths {
  readonly folder: string;
  /** The host's own files, above the layers below. */
  readonly upper: string;
  readonly work: string;
  /** Where the overlay is mounted: the host's root. */
  readonly root: string;
  readonly hostKey: string;
  readonly console: string;
  /** Written when `upper` is complete. */
  readonly prepared: string;
}

export function hostPaths(paths: LabPaths, host: string): HostPaths {
  const folder = join(paths.hosts, host);
  return {
    folder,
    upper: join(folder, 'upper'),
    work: join(folder, 'work'),
    root: join(folder, 'root'),
    hostKey: join(folder, 'ssh_host_ed25519_key'),
    console: join(folder, 'console.log'),
    prepared: join(folder, 'prepared'),
  };
}

// A lab's name cannot have a dot, so the prefix of one lab is never the prefix of another.
/** Name of the network namespace of a host or a switch. */
export function namespaceName(lab: string, host: string): string {
  return `${namespacePrefix(lab)}${host}`;
}

export function namespacePrefix(lab: string): string {
  return `kuafu.${lab}.`;
}

export function namespacePath(lab: string, host: string): string {
  return join(NETNS_FOLDER, namespaceName(lab, host));
}
