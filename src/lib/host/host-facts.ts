import { hostScript } from '../../host-script.js';
import { opensshVersion } from '../copy/survey.js';
import { mustRun } from '../run/remote.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { ReadSession } from '../ssh/transport.js';
import type { HostNeed } from './actions.js';
import { type Visit, visit } from './clock.js';

/** For all facts together: they are asked alone, so one that hangs holds up nobody for longer. */
const READ_TIMEOUT_MS = 20_000;

/** The properties of a host that an expansion needs to know. */
export interface HostFacts {
  readonly arch: string;
  readonly osId: string;
  /** Major and minor version of OpenSSH, such as 9.2; 0 if there is none, or it was not asked for. */
  readonly openssh: number;
  /** The output of its `date`, in nanoseconds; empty if it was not asked for. */
  readonly clock: string;
  /** Free bytes for an unprivileged writer, by path (of its nearest existing parent). */
  readonly diskFree: ReadonlyMap<string, number>;
  readonly tools: ReadonlySet<string>;
  /** The requested units that run. */
  readonly running: ReadonlySet<string>;
}

/** What to read of a host, beside its architecture and system. */
export interface FactsWanted {
  readonly paths?: readonly string[];
  readonly tools?: readonly string[];
  readonly units?: readonly string[];
  readonly openssh?: boolean;
  readonly clock?: boolean;
}

/**
 * Reads the facts of a host: its architecture, its system, and what else is wanted.
 * @throws {NoAnswerError} if it does not tell them in time, or tells more than is read
 */
export async function readHostFacts(
  session: ReadSession,
  wanted: FactsWanted,
  signal?: AbortSignal,
): Promise<Visit<HostFacts>> {
  const io = signal ? { signal } : {};
  const { answer, clockBy } = await visit(() =>
    mustRun(session, hostFactsCommand(wanted), 'reading its facts', io),
  );
  return { answer: parseHostFacts(answer.stdout), clockBy };
}

export function hostFactsCommand(wanted: FactsWanted): ReadCommand {
  return scriptCommand(hostScript('host/facts'), factWords(wanted), 'read', READ_TIMEOUT_MS);
}

function factWords({ paths = [], tools = [], units = [], openssh, clock }: FactsWanted): string[] {
  return [
    ...(clock ? ['clock'] : []),
    ...(openssh ? ['openssh'] : []),
    ...paths.map((path) => `disk=${path}`),
    ...tools.map((tool) => `tool=${tool}`),
    ...units.map((unit) => `unit=${unit}`),
  ];
}

export function parseHostFacts(stdout: string): HostFacts {
  const diskFree = new Map<string, number>();
  const tools = new Set<string>();
  const running = new Set<string>();
  let arch = '';
  let osId = '';
  let openssh = 0;
  let clock = '';
  for (const line of stdout.split('\n')) {
    const [key, value] = splitOnce(line, '=');
    if (key === 'arch') arch = value;
    else if (key === 'os') osId = value;
    else if (key === 'openssh') openssh = opensshVersion(value);
    else if (key === 'clock') clock = value;
    else if (key === 'tool') tools.add(value);
    else if (key === 'unit') running.add(value);
    else if (key === 'disk') {
      const [, blocks, bytes, path] = /^(\d+) (\d+) (.*)$/.exec(value) ?? [];
      if (path !== undefined) diskFree.set(path, Number(blocks) * Number(bytes));
    }
  }
  return { arch, osId, openssh, clock, diskFree, tools, running };
}

/** Why a host cannot take the app, a sentence each; empty if it can. */
export function unmetNeeds(need: HostNeed, facts: HostFacts): string[] {
  const unmet: string[] = [];
  if (facts.running.has(need.idleUnit))
    unmet.push(`${need.idleUnit} runs there already, so it is no spare host`);
  if (facts.arch !== need.arch)
    unmet.push(`its architecture is ${facts.arch || 'unknown'}, the template's is ${need.arch}`);
  if (facts.osId !== need.osId)
    unmet.push(`its system is ${facts.osId || 'unknown'}, the template's is ${need.osId}`);
  const missing = need.tools.filter((tool) => !facts.tools.has(tool));
  if (missing.length > 0) unmet.push(`it lacks ${missing.join(', ')}`);
  for (const { path, bytes } of need.diskFree) {
    const free = facts.diskFree.get(path);
    if (free === undefined || free < bytes)
      unmet.push(`disk full: ${path} has ${megabytes(free ?? 0)} MB free and needs ${megabytes(bytes)} MB`);
  }
  return unmet;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}
