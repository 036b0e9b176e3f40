import { setTimeout as sleep } from 'node:timers/promises';
import { controlLab, type LabControl } from '../../src/lib/lab/control.js';

/** The lab of this run, which has the roles. */
export async function roleLab(): Promise<LabControl> {
  const name = process.env.KUAFU_LAB;
  if (!name) throw new Error('KUAFU_LAB is not set: run these tests with npm test, or inside kuafu lab run');
  return await controlLab(name);
}

/** Runs a program in a host; throws when it fails. */
export async function inHost(
  { exec }: LabControl,
  host: string,
  words: readonly string[],
  input?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await exec(host, words, input);
  if (exitCode !== 0) throw new Error(`${words.join(' ')} on ${host}: ${exitCode} ${stderr}${stdout}`);
  return stdout;
}

/** What a DNS server answers to a host that asks it. */
export async function dig(
  lab: LabControl,
  host: string,
  server: string,
  ...question: readonly string[]
): Promise<{ addresses: string[]; ttls: number[] }> {
  const words = ['dig', '+noall', '+answer', '+time=3', '+tries=2', `@${server}`, ...question];
  const rows = (await inHost(lab, host, words))
    .split('\n')
    .map((line) => line.split(/\s+/))
    .filter((columns) => columns[3] === 'A');
  return {
    addresses: rows.map((columns) => columns[4] ?? '').sort(),
    ttls: rows.map((columns) => Number(columns[1])),
  };
}

/** A power cut, and back until the unit is active again. */
export async function cutPower(lab: LabControl, host: string, unit: string): Promise<void> {
  await lab.powerOff(host);
  await lab.powerOn(host);
  while ((await lab.exec(host, ['systemctl', 'is-active', '--quiet', unit])).exitCode !== 0) await sleep(200);
}
