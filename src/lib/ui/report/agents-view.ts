import { formatDuration } from '../../duration.js';
import { type Clock, doubtMs } from '../../host/clock.js';
import { fold } from '../../names/fold.js';
import type { Agent } from '../../report/agents.js';
import type { Finding } from '../../report/resources.js';
import { keptOutLine } from '../../traffic/kept-out-words.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { wrapLine } from '../frame/fit.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { shownText } from '../frame/shown.js';
import { renderTable } from '../frame/table.js';
import { hang } from '../frame/wrap-words.js';
import { findingLines } from './finding-view.js';

export interface AgentsViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** Findings, then similar hosts under one heading, with the ranges of their differences. */
export function renderAgents(
  agents: readonly Agent[],
  findings: readonly Finding[],
  { paint = plain, width = Number.POSITIVE_INFINITY }: AgentsViewOptions = {},
): string {
  const indented = (text: string) => `  ${wrapLine(text, width - 2).replaceAll('\n', '\n  ')}`;
  const lines = findingLines(findings).map((line) => paint.red(hang('', line, width)));
  const blocks = groupsOf(agents).map(([facts, alike]) => {
    const names = fold(alike.map(({ host }) => host));
    const count = alike.length === 1 ? '1 host' : `${alike.length} hosts`;
    const heading = paint.cyan(hang('', `${names} (${count})`, width));
    const last = alike.length === 1 ? lastOperationOf(alike[0]) : '-';
    const lines = [sanitizeLine(facts), spansOf(alike), ...(last === '-' ? [] : [`last operation ${last}`])];
    return [heading, ...lines.map(indented)].join('\n');
  });
  const kept = agents
    .flatMap(({ drained }) => drained)
    .map((row) => paint.yellow(hang('', shownText(keptOutLine(row)), width)));
  return [[...lines, ...kept].join('\n'), ...blocks].filter((block) => block !== '').join('\n\n');
}

/** The hosts that answered, grouped by their facts; the biggest group first. */
function groupsOf(agents: readonly Agent[]): [facts: string, agents: Agent[]][] {
  const groups = new Map<string, Agent[]>();
  for (const agent of agents) {
    if (agent.reading === undefined) continue;
    const facts = factsOf(agent);
    groups.set(facts, [...(groups.get(facts) ?? []), agent]);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

function factsOf({ reading }: Agent): string {
  if (reading === undefined) return '';
  const { os, kernel, openssh, cpus, units, failedUnits } = reading;
  const runs = units.map(({ unit, state }) => `${unit} ${state}`);
  const failed = failedUnits.map((unit) => `${unit} failed`);
  const ssh = openssh === '' ? 'no OpenSSH client' : `OpenSSH ${openssh}`;
  return [os, kernel, ssh, `${cpus} CPUs`, ...runs, ...failed].join(', ');
}

function spansOf(agents: readonly Agent[]): string {
  const spans = [
    ['answers in', agents.map(({ clock }) => clock?.answerMs), (ms: number) => `${ms.toFixed(0)} ms`],
    ['up', agents.map(({ reading }) => reading && reading.uptimeS * 1000), formatDuration],
    ['load', agents.map(({ reading }) => reading?.load), (load: number) => load.toFixed(1)],
  ] as const;
  const [answers, ...others] = spans.map(([name, values, text]) => `${name} ${span(values, text)}`);
  const clocks = agents.flatMap(({ clock }) => (clock === undefined ? [] : [clock]));
  return [answers, `clock ${clockSpan(clocks)}`, ...others].join(', ');
}

function span(values: readonly (number | undefined)[], text: (value: number) => string): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return '-';
  const [least, most] = [text(Math.min(...known)), text(Math.max(...known))];
  return least === most ? least : `${least} to ${most}`;
}

/** A row for each host, with its key and its last operation. */
export function renderAgentTable(
  agents: readonly Agent[],
  { paint = plain, width }: AgentsViewOptions = {},
): string {
  const rows = agents.map((agent) => [
    agent.host,
    agent.room,
    agent.clock === undefined ? '-' : `${agent.clock.answerMs.toFixed(0)} ms`,
    clockSpan(agent.clock === undefined ? [] : [agent.clock]),
    agent.reading === undefined ? '-' : formatDuration(agent.reading.uptimeS * 1000),
    lastOperationOf(agent),
    agent.reading === undefined ? agent.message : agent.hostKey,
  ]);
  return renderTable(['HOST', 'ROOM', 'ANSWER', 'CLOCK', 'UP', 'LAST OPERATION', 'HOST KEY'], rows, {
    paintHead: (text) => paint.dim(text),
    textBelow: true,
    spared: ['UP', 'ROOM', 'CLOCK'],
    ...(width === undefined ? {} : { width }),
  });
}

function lastOperationOf(agent: Agent | undefined): string {
  const last = agent?.lastOperation;
  return last === undefined ? '-' : sanitizeLine(`${last.id} ${last.state}`);
}

/** An offset below the uncertainty of the round trip counts as none: `0 ±12 ms`. */
function clockSpan(clocks: readonly Clock[]): string {
  if (clocks.length === 0) return '-';
  const offsets = clocks.map((clock) => (Math.abs(clock.offsetMs) <= doubtMs(clock) ? 0 : clock.offsetMs));
  const [least, most] = [Math.min(...offsets), Math.max(...offsets)];
  if (least === 0 && most === 0) return `0 ±${Math.ceil(Math.max(...clocks.map(doubtMs)))} ms`;
  const [from, to] = [clockText(least), clockText(most)];
  return from === to ? from : `${from} to ${to}`;
}

function clockText(ms: number): string {
  if (ms === 0) return '0';
  const sign = ms < 0 ? '-' : '+';
  return Math.abs(ms) < 1000
    ? `${sign}${Math.abs(ms).toFixed(0)} ms`
    : `${sign}${formatDuration(Math.abs(ms))}`;
}

/** Hosts whose login shell prints text, equal texts on one line. It does no harm to kuafu, but may to other programs. */
export function renderLoginNoise(agents: readonly Agent[]): string[] {
  const byNoise = new Map<string, string[]>();
  for (const { host, loginNoise } of agents)
    if (loginNoise !== '') byNoise.set(loginNoise, [...(byNoise.get(loginNoise) ?? []), host]);
  return [...byNoise].map(
    ([noise, hosts]) =>
      `${fold(hosts)}: the login shell prints "${sanitizeLine(noise)}" before every command`,
  );
}

/** `kuafu agents --json`; schemas/agents.schema.json. */
export function agentsDocument(
  agents: readonly Agent[],
  findings: readonly Finding[],
  at: string,
  exitCode: number,
): object {
  const hosts = agents.map(
    ({
      host,
      room,
      role,
      address,
      status,
      message,
      clock,
      hostKey,
      loginNoise,
      reading,
      lastOperation,
      drained,
    }) => ({
      host,
      room,
      role,
      address,
      status,
      message,
      answerMs: clock === undefined ? null : Math.round(clock.answerMs),
      clockOffsetMs: clock === undefined ? null : Math.round(clock.offsetMs),
      hostKey: hostKey === '' ? null : hostKey,
      loginNoise: loginNoise === '' ? null : loginNoise,
      os: reading?.os ?? '',
      kernel: reading?.kernel ?? '',
      openssh: reading?.openssh ?? '',
      uptimeS: reading?.uptimeS ?? null,
      load: reading?.load ?? null,
      cpus: reading?.cpus ?? null,
      units: reading?.units.map(({ unit, state }) => ({ unit, state })) ?? [],
      failedUnits: reading?.failedUnits ?? [],
      lastOperation: lastOperation ?? null,
      drained: drained.map(({ app, operator, since, operation }) => ({ app, operator, since, operation })),
    }),
  );
  return { kind: 'kuafu.agents', version: 1, at, exitCode, hosts, findings };
}
