import { readFileSync, readlinkSync } from 'node:fs';

/** `BOOT-ID/PID-NAMESPACE/START-TICKS` of a running process; undefined if the process does not run or there is no /proc. */
export function processStartOf(pid: number): string | undefined {
  const stat = readStat(pid);
  // Z and X are dead processes; a Z process only waits until its parent reads its status.
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${readlinkSync('/proc/self/ns/pid')}/${stat.startTicks}`;
  } catch {
    return undefined;
  }
}

/** Boot id and pid namespace: two process ids can be compared only if both are equal. */
export function scopeOf(processStart: string): string {
  return processStart.slice(0, processStart.lastIndexOf('/'));
}

interface ProcessStat {
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly startTicks: string;
}

/** proc(5), /proc/PID/stat: fields 2 (comm, in parentheses, may hold anything), 3 (state), 4 (ppid), 22 (starttime). */
export function readStat(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnd = text.lastIndexOf(')');
    const rest = text.slice(nameEnd + 2).split(' ');
    return {
      name: text.slice(text.indexOf('(') + 1, nameEnd),
      state: rest[0] ?? '',
      parent: Number(rest[1]),
      startTicks: rest[19] ?? '',
    };
  } catch {
    return undefined;
  }
}
