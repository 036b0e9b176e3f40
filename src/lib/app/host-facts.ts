import { readObstacles } from '../copy/obstacles.js';
import { opensshVersion } from '../copy/survey.js';
import type { HostNeed } from '../plan/action.js';
import { mustRun } from '../run/remote.js';
import type { RemoteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import type { Session } from '../ssh/transport.js';
import { whyNotAskable } from './health-check.js';

/** What a host is, as far as an expansion needs to know. */
export interface HostFacts {
  readonly arch: string;
  readonly osId: string;
  /** Major and minor version of OpenSSH, such as 9.2; 0 where there is none. */
  readonly openssh: number;
  /** Free bytes for an unprivileged writer, by path asked for (of its nearest existing parent). */
  readonly diskFree: ReadonlyMap<string, number>;
  readonly tools: ReadonlySet<string>;
  /** Of the units asked about, those that run. */
  readonly running: ReadonlySet<string>;
}

const FACTS = `
export LC_ALL=C
echo "arch=$(uname -m)"
echo "os=$(. /etc/os-release 2>/dev/null; printf '%s' "\${ID-}")"
echo "openssh=$(ssh -V 2>&1)"
for argument in "$@"; do
  case $argument in
  disk=*)
    path=\${argument#disk=}
    at=$path
    while ! [ -e "$at" ]; do at=$(dirname -- "$at"); done
    echo "disk=$(df -Pk -- "$at" | awk 'NR == 2 { print $4 }') $path" ;;
  tool=*)
    if command -v "\${argument#tool=}" >/dev/null 2>&1; then echo "$argument"; fi ;;
  unit=*)
    case $(systemctl is-active -- "\${argument#unit=}" 2>/dev/null) in
    active|activating|reloading) echo "$argument" ;;
    esac ;;
  esac
done`;

/** What to find out about a host beside its architecture and system. */
export interface FactsWanted {
  readonly paths?: readonly string[];
  readonly tools?: readonly string[];
  readonly units?: readonly string[];
}

/** Reads the facts of a host: architecture, system, free space at each path, which tools are there, which units run. */
export function hostFactsCommand(
  { paths = [], tools = [], units = [] }: FactsWanted,
  timeoutMs: number,
): RemoteCommand {
  const args = [
    ...paths.map((path) => `disk=${path}`),
    ...tools.map((tool) => `tool=${tool}`),
    ...units.map((unit) => `unit=${unit}`),
  ];
  return scriptCommand(FACTS, args, 'read', timeoutMs);
}

export function parseHostFacts(stdout: string): HostFacts {
  const diskFree = new Map<string, number>();
  const tools = new Set<string>();
  const running = new Set<string>();
  let arch = '';
  let osId = '';
  let openssh = 0;
  for (const line of stdout.split('\n')) {
    const [key, value] = splitOnce(line, '=');
    if (key === 'arch') arch = value;
    else if (key === 'os') osId = value;
    else if (key === 'openssh') openssh = opensshVersion(value);
    else if (key === 'tool') tools.add(value);
    else if (key === 'unit') running.add(value);
    else if (key === 'disk') {
      const [kilobytes, path] = splitOnce(value, ' ');
      if (/^\d+$/.test(kilobytes)) diskFree.set(path, Number(kilobytes) * 1024);
    }
  }
  return { arch, osId, openssh, diskFree, tools, running };
}

const READ_TIMEOUT_MS = 20_000;

/** Reads a host's facts and holds them against a need: why it cannot take the app, empty when it can. */
export async function readUnmetNeeds(
  session: Session,
  need: HostNeed,
  signal?: AbortSignal,
): Promise<string[]> {
  const paths = need.diskFree.map(({ path }) => path);
  const wanted = { paths, tools: need.tools, units: [need.idleUnit] };
  const command = hostFactsCommand(wanted, READ_TIMEOUT_MS);
  const io = signal ? { signal } : {};
  const { stdout } = await mustRun(session, command, 'reading its facts', io);
  const unmet = unmetNeeds(need, parseHostFacts(stdout));
  // A host that lacks a tool cannot be asked what is there; one that is no spare need not be.
  if (unmet.length > 0) return unmet;
  const found = need.place === undefined ? [] : await readObstacles(session, need.place, io);
  const unaskable = need.health === undefined ? '' : await whyNotAskable(session, need.health);
  return unaskable === '' ? found : [...found, unaskable];
}

/** Why a host cannot take the app, a sentence each; empty when it can. */
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
