import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { currentOwner, launchedFrom, ownerIsAlive } from '../../../src/lib/ledger/owner.js';

const hasProc = process.platform === 'linux';

describe('currentOwner', () => {
  it('names the person behind sudo, and does not believe nonsense', () => {
    expect(currentOwner({ SUDO_USER: 'li' }).operator).toBe('li');
    for (const hostile of ['', '-x y', 'a\nb', '$(id)'])
      expect(currentOwner({ SUDO_USER: hostile }).operator).toBe(userInfo().username);
  });

  it('is this process', () => {
    expect(currentOwner({})).toMatchObject({ machine: hostname(), pid: process.pid });
    expect(ownerIsAlive(currentOwner({}))).toBe(hasProc ? true : undefined);
  });

  it('tells a terminal from CI from the rest', () => {
    expect(launchedFrom({ CI: 'true' }, true)).toBe('terminal');
    expect(launchedFrom({ CI: 'true' }, false)).toBe('ci');
    expect(launchedFrom({ CI: 'false' }, false)).not.toBe('ci');
    expect(launchedFrom({ CI: '' }, false)).not.toBe('ci');
  });
});

describe.runIf(hasProc)('ownerIsAlive', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const own = currentOwner({});
  const started = () => {
    const child = spawn('sleep', ['60']);
    children.push(child);
    return child;
  };

  it('does not take another process of the same number for the owner', () => {
    expect(ownerIsAlive({ ...own, processStart: `${own.processStart}1` })).toBe(false);
    expect(ownerIsAlive({ ...own, pid: 4_194_304 })).toBe(false);
  });

  it('does not know about other machines, boots and containers', () => {
    const [boot, namespace, ticks] = own.processStart.split('/');
    expect(ownerIsAlive({ ...own, machine: 'elsewhere' })).toBeUndefined();
    expect(ownerIsAlive({ ...own, processStart: `x${boot}/${namespace}/${ticks}` })).toBeUndefined();
    expect(ownerIsAlive({ ...own, processStart: `${boot}/pid:[1]/${ticks}` })).toBeUndefined();
    expect(ownerIsAlive({ ...own, processStart: '' })).toBeUndefined();
  });

  it('counts a killed process as gone, even while its parent has not asked', async () => {
    // The shell becomes a program that never waits for its child, so that a killed one stays a zombie.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    children.push(parent);
    const [line] = await once(parent.stdout, 'data');
    const pid = Number(String(line));
    await vi.waitUntil(async () => (await statOf(parent.pid)).includes('(sleep)'), 20_000);
    process.kill(pid, 'SIGKILL');
    await vi.waitUntil(async () => (await statOf(pid)).includes(') Z '), 20_000);
    const ticks = startTicksIn(await statOf(pid));
    const [boot, namespace] = own.processStart.split('/');
    expect(ownerIsAlive({ ...own, pid, processStart: `${boot}/${namespace}/${ticks}` })).toBe(false);
  });

  it('knows a process that runs', async () => {
    const child = started();
    const ticks = startTicksIn(await statOf(child.pid));
    const [boot, namespace] = own.processStart.split('/');
    const owner = { ...own, pid: child.pid ?? 0, processStart: `${boot}/${namespace}/${ticks}` };
    expect(ownerIsAlive(owner)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(ownerIsAlive(owner)).toBe(false);
  });
});

async function statOf(pid: number | undefined): Promise<string> {
  return await readFile(`/proc/${pid}/stat`, 'utf8');
}

/** Field 22 of proc(5), /proc/PID/stat. */
function startTicksIn(stat: string): string | undefined {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
