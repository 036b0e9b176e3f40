import { hostname, userInfo } from 'node:os';
import { isatty } from 'node:tty';
import { processStartOf, readStat, scopeOf } from '../process-start.js';
import type { Owner } from './ledger.js';

const LOGIN_NAME = /^[A-Za-z0-9._@-]{1,64}$/;
const CRON_PROCESSES = new Set(['cron', 'crond', 'anacron', 'atd', 'fcron']);

/** This process as the owner of an operation. The operator is the person behind sudo, not root. */
export function currentOwner(env: NodeJS.ProcessEnv = process.env): Owner {
  return {
    operator: operatorName(env),
    launched: launchedFrom(env, isatty(0)),
    machine: hostname(),
    pid: process.pid,
    processStart: processStartOf(process.pid) ?? '',
  };
}

let ownStart: string | undefined;

/**
 * Whether the owner's process still runs. Undefined when this machine cannot know it (another machine, another container, before
 * a reboot, no /proc): then the lease decides.
 */
export function ownerIsAlive(owner: Owner): boolean | undefined {
  if (owner.machine !== hostname()) return undefined;
  ownStart ??= processStartOf(process.pid) ?? '';
  if (ownStart === '' || scopeOf(owner.processStart) !== scopeOf(ownStart)) return undefined;
  return processStartOf(owner.pid) === owner.processStart;
}

/** `who on machine (pid N)`, as messages name an owner. */
export function ownerText(owner: Owner): string {
  return `${owner.operator} on ${owner.machine} (pid ${owner.pid})`;
}

function operatorName(env: NodeJS.ProcessEnv): string {
  const behindSudo = env.SUDO_USER;
  if (behindSudo !== undefined && LOGIN_NAME.test(behindSudo)) return behindSudo;
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`; // no entry in the user database, as in a container
  }
}

/** @param terminal whether standard input is one */
export function launchedFrom(env: NodeJS.ProcessEnv, terminal: boolean): Owner['launched'] {
  if (terminal) return 'terminal';
  if (env.CI !== undefined && env.CI !== '' && env.CI !== 'false') return 'ci';
  return ancestors(process.ppid).some((name) => CRON_PROCESSES.has(name)) ? 'cron' : 'other';
}

function ancestors(first: number): string[] {
  const names: string[] = [];
  for (let pid = first; pid > 1 && names.length < 20; ) {
    const stat = readStat(pid);
    if (stat === undefined) break;
    names.push(stat.name);
    pid = stat.parent;
  }
  return names;
}
