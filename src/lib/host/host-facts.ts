import { hostScript } from '../../host-script.js';
import { OBSTACLES_TIMEOUT_MS, obstaclesIn, obstacleWords, replacedIn } from '../copy/obstacles.js';
import { opensshVersion } from '../copy/survey.js';
import { expectSuccess } from '../run/remote.js';
import type { ReadCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { CommandResult, ReadSession } from '../ssh/transport.js';
import type { HostNeed } from './actions.js';
import { type Clock, visit } from './clock.js';
import { whyNotAskable } from './health-check.js';

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

/** Reads the facts of a host: its architecture, its system, and what else is wanted. */
export function hostFactsCommand(wanted: FactsWanted, timeoutMs: number): ReadCommand {
  return scriptCommand(hostScript('host/facts'), factWords(wanted), 'read', timeoutMs);
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

/** How a host compares with a need. */
export interface SpareLook {
  /** Why it cannot take the app, a sentence each; empty when it can. */
  readonly unmet: readonly string[];
  /** Set if the need asks for it, and all other needs are met. */
  readonly clock?: Clock;
}

/** Reads a host's facts and compares them with a need. */
export async function lookAtSpare(
  session: ReadSession,
  need: HostNeed,
  signal?: AbortSignal,
): Promise<SpareLook> {
  const command = spareCommand(need);
  const { answer: result, clockBy } = await visit(() => session.run(command, signal ? { signal } : {}));
  const facts = parseHostFacts(result.stdout);
  const unmet = unmetNeeds(need, facts);
  // A host that lacks a tool cannot be asked what is there; on a host that is no spare it does not matter.
  if (unmet.length === 0) unmet.push(...(await whyUnfit(session, need, result, signal)));
  if (unmet.length > 0 || need.clock === undefined) return { unmet };
  const clock = clockBy(facts.clock);
  return clock === undefined ? { unmet: ['its date does not tell nanoseconds'] } : { unmet, clock };
}

async function whyUnfit(
  session: ReadSession,
  need: HostNeed,
  result: CommandResult,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const io = signal ? { signal } : {};
  expectSuccess(result, 'looking at what is there');
  const found = need.place === undefined ? [] : await obstaclesIn(result.stdout, session, need.place, io);
  const unaskable = need.health === undefined ? '' : await whyNotAskable(session, need.health);
  return unaskable === '' ? found : [...found, unaskable];
}

/** What `--replace` would remove on a host, a sentence each. */
export async function readReplaced(session: ReadSession, need: HostNeed): Promise<string[]> {
  if (need.place?.replace !== true) return [];
  const place = { ...need.place, replace: false };
  const result = await session.run(spareCommand({ ...need, place }));
  expectSuccess(result, 'looking at what is there');
  return await replacedIn(result.stdout, session, place);
}

/** Everything that is read from the host in one visit. */
function spareCommand(need: HostNeed): ReadCommand {
  const paths = need.diskFree.map(({ path }) => path);
  const clock = need.clock !== undefined;
  const wanted = { paths, tools: need.tools, units: [need.idleUnit], clock };
  if (need.place === undefined) return hostFactsCommand(wanted, READ_TIMEOUT_MS);
  const words = [...factWords(wanted), '--', ...obstacleWords(need.place)];
  return scriptCommand(hostScript('host/spare'), words, 'read', OBSTACLES_TIMEOUT_MS);
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
