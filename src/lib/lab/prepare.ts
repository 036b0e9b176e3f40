import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { concurrently, TOOL_CONCURRENCY } from './concurrently.js';
import { writeTree } from './file-tree.js';
import { hostFiles } from './host-files.js';
import { ensureKey } from './keys.js';
import type { Lab } from './lab.js';
import { mountOverlay, readMounts } from './mounts.js';
import { hostPaths } from './paths.js';
import { PUBLISHED_RULES, renderPublishedRules } from './published-rules.js';
import { renderBalancerConfig, renderHostsFile } from './service-configs.js';
import type { ToolOptions } from './tool.js';
import type { LabHost } from './topology.js';

/**
 * Gives every host its keys, its own files and its mounted root.
 *
 * @returns how many hosts had to be made or mounted
 */
export async function prepareHosts(lab: Lab, options: ToolOptions, onHost: () => void): Promise<number> {
  const mounted = new Set((await readMounts()).map(({ target }) => target));
  const authorizedKey = await readFile(`${lab.paths.identity}.pub`, 'utf8');
  let made = 0;
  await concurrently(lab.topology.hosts, TOOL_CONCURRENCY, async (host) => {
    const paths = hostPaths(lab.paths, host.name);
    if (mounted.has(paths.root)) await refreshHost(lab, host);
    else {
      await writeHost(lab, host, authorizedKey, options);
      await mountOverlay({ layers: [...ownLayers(lab, host), lab.record.image], ...paths }, options);
      made += 1;
    }
    onHost();
  });
  return made;
}

/** The layers between the image and the files of a host. */
function ownLayers({ paths, record }: Lab, { kind, service }: LabHost): readonly string[] {
  if (kind === 'web') return [paths.shopLayer];
  if (service === undefined || !service.hasPackages) return [];
  const layer = record.roles?.[service.role];
  return layer === undefined ? [] : [layer];
}

/** Files are written below the mount, never through a merged root: links in it point into the real machine. */
async function writeHost(
  lab: Lab,
  host: LabHost,
  authorizedKey: string,
  options: ToolOptions,
): Promise<void> {
  const paths = hostPaths(lab.paths, host.name);
  const isPrepared = await access(paths.prepared).then(
    () => true,
    () => false,
  );
  if (!isPrepared) await rm(paths.upper, { recursive: true, force: true });
  for (const folder of [paths.upper, paths.work, paths.root]) await mkdir(folder, { recursive: true });
  if (isPrepared) return;
  await ensureKey(paths.hostKey, `root@${host.name}`, options);
  const hostKey = await readFile(paths.hostKey, 'utf8');
  const hostPublicKey = await readFile(`${paths.hostKey}.pub`, 'utf8');
  await writeTree(paths.upper, hostFiles(lab.topology, host, { hostKey, hostPublicKey, authorizedKey }));
  await writeFile(paths.prepared, '');
}

/** The files that a host needs again when the lab has grown. Neither file is behind a link. */
async function refreshHost(lab: Lab, host: LabHost): Promise<void> {
  const { root } = hostPaths(lab.paths, host.name);
  await refreshFile(join(root, 'etc/hosts'), renderHostsFile(lab.topology.hosts));
  if (host.room === undefined) return;
  const rules = host.kind === 'gateway' ? renderPublishedRules(lab.topology, host.room) : undefined;
  if (rules !== undefined) {
    await mkdir(join(root, dirname(PUBLISHED_RULES)), { recursive: true });
    await refreshFile(join(root, PUBLISHED_RULES), rules);
  }
  if (host.kind !== 'balancer') return;
  await refreshFile(join(root, 'etc/haproxy/haproxy.cfg'), renderBalancerConfig(lab.topology, host.room));
}

async function refreshFile(path: string, content: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => '')) !== content) await writeFile(path, content);
}
