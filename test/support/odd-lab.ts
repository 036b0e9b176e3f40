import { readFile } from 'node:fs/promises';
import { concurrently, TOOL_CONCURRENCY } from '../../src/lib/lab/concurrently.js';
import { controlLab, type LabControl } from '../../src/lib/lab/control.js';
import type { LabHost } from '../../src/lib/lab/topology.js';
import { type LabKind, labKind } from './lab-kind.js';

const ROOM_KINDS: readonly LabHost['kind'][] = ['gateway', 'balancer', 'web', 'spare'];
// Last, so that a host that was left half-way is done again.
const MARK = '/etc/lab-kind';

/** Vitest calls it once, before the first test file: makes the hosts of the lab what KUAFU_LAB_KIND says. */
export default async function makeHostsOdd(): Promise<void> {
  const kind = labKind();
  const name = process.env.KUAFU_LAB;
  if (kind === 'plain' || name === undefined) return;
  const control = await controlLab(name);
  const hosts = control.lab.topology.hosts.filter((host) => ROOM_KINDS.includes(host.kind));
  await concurrently(hosts, TOOL_CONCURRENCY, (host) => makeOdd(control, host, kind));
}

async function makeOdd(control: LabControl, host: LabHost, kind: LabKind): Promise<void> {
  const { stdout } = await control.exec(host.name, ['sh', '-c', `cat ${MARK} 2>/dev/null || true`]);
  if (stdout.trim() === kind) return;
  await run(control, host, `${kind}.sh`);
  if (kind === 'hardened' && host.kind === 'balancer') await run(control, host, 'foreign-names.sh');
  await control.exec(host.name, ['sh', '-c', `echo ${kind} > ${MARK}`]);
}

async function run(control: LabControl, host: LabHost, script: string): Promise<void> {
  const text = await readFile(new URL(`odd-hosts/${script}`, import.meta.url), 'utf8');
  const { exitCode, stderr } = await control.exec(host.name, ['sh', '-s', host.kind], text);
  if (exitCode !== 0) throw new Error(`${script} on ${host.name}: ${stderr}`);
}
