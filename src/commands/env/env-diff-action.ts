import type { Command } from 'commander';
import { envDifferences, rollbackDifferences } from '../../lib/env/env-diff.js';
import type { EnvFacts } from '../../lib/env/env-facts.js';
import { envOfRoom } from '../../lib/env/env-file.js';
import { EnvMask } from '../../lib/env/env-mask.js';
import { type RolledBack, rolledBack } from '../../lib/env/env-since.js';
import { ExitCode } from '../../lib/exit-codes.js';
import type { SelectionWords } from '../../lib/inventory/selection.js';
import { jsonText } from '../../lib/json-text.js';
import type { Secrets } from '../../lib/masking/secret.js';
import { fold } from '../../lib/names/fold.js';
import type { Host } from '../../lib/names/host.js';
import { quoteWord } from '../../lib/shell/quote.js';
import { type EnvGroup, envDiffDocument } from '../../lib/ui/env/env-json.js';
import { renderEnvDiff } from '../../lib/ui/env/env-view.js';
import { countHosts, renderRemarks, renderStderr } from '../../lib/ui/exec/exec-view.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { openReadConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import {
  type EnvApp,
  type EnvReading,
  parseEnvApp,
  readEnvFiles,
  sayUnread,
  selectEnvHosts,
  withEnvApp,
} from './env-hosts.js';

/** `kuafu env diff` */
export async function diffEnv(
  nodeSets: readonly string[],
  given: SelectionWords,
  command: Command,
): Promise<void> {
  const context = await openContext(command);
  try {
    const flags = await withEnvApp(nodeSets, given, context, command);
    const app = parseEnvApp(flags.app, context.config);
    const hosts = selectEnvHosts(nodeSets, flags, context);
    const connections = await openReadConnections(context);
    try {
      const { readings, interrupted } = await readEnvFiles(hosts, app, 'current', context, connections);
      const groups = groupDifferences(readings, app, context.config.secrets);
      process.exitCode = interrupted ? ExitCode.interrupted : diffExitCode(readings, groups);
      await report(readings, groups, app, context);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

/** Groups the hosts that were read by equal differences from the configuration, the biggest group first. */
export function groupDifferences(
  readings: readonly EnvReading[],
  { env }: EnvApp,
  secrets: Secrets,
): EnvGroup[] {
  const mask = new EnvMask(env, secrets);
  return groupBy(readings, ({ current }, { room }) =>
    envDifferences(current, envOfRoom(env, room), (value) => secrets.resolve(value), mask, env),
  );
}

/** The same for what a rollback changes on hosts that have a previous version. */
export function groupRollbacks(
  readings: readonly EnvReading[],
  { env }: EnvApp,
  secrets: Secrets,
): EnvGroup[] {
  const mask = new EnvMask(env, secrets);
  return groupBy(
    readings,
    ({ current, previous }) => previous && rollbackDifferences(current, previous, mask),
  );
}

function groupBy(
  readings: readonly EnvReading[],
  differencesOf: (facts: EnvFacts, host: Host) => EnvGroup['differences'] | undefined,
): EnvGroup[] {
  const groups = new Map<string, { hosts: string[]; differences: EnvGroup['differences'] }>();
  for (const { host, facts } of readings) {
    const differences = facts && differencesOf(facts, host);
    if (differences === undefined) continue;
    const key = JSON.stringify(differences);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { hosts: [host.name], differences });
    else group.hosts.push(host.name);
  }
  return [...groups.values()].sort((a, b) => b.hosts.length - a.hosts.length);
}

/** Exit code 0 says that no service runs with older values, not only that the files are right. */
export function diffExitCode(
  readings: readonly Pick<EnvReading, 'outcome' | 'facts'>[],
  groups: readonly EnvGroup[],
): ExitCode {
  if (readings.every(({ outcome }) => outcome.status === 'unreachable')) return ExitCode.unreachable;
  if (readings.some(({ facts }) => facts === undefined)) return ExitCode.failed;
  const isFinding =
    groups.some(({ differences }) => differences.length > 0) || readings.some(({ facts }) => facts?.isUnread);
  return isFinding ? ExitCode.finding : ExitCode.done;
}

async function report(
  readings: readonly EnvReading[],
  groups: readonly EnvGroup[],
  envApp: EnvApp,
  { options, ledger }: Context,
): Promise<void> {
  const { app, env } = envApp;
  const unread = readings.filter(({ facts }) => facts === undefined).map(({ outcome }) => outcome);
  if (options.json) {
    const exitCode = Number(process.exitCode);
    const restartNeeded = readings.flatMap(({ host, facts }) => (facts?.isUnread ? [host.name] : []));
    out(
      jsonText(envDiffDocument({ app: app.name, file: env.file, exitCode, groups, restartNeeded, unread })),
    );
    return;
  }
  const data = renderEnvDiff(groups, { width: stdoutColumns(), paint: painter('stdout') });
  if (data !== '') out(data);
  const talk = { outputLimit: 0, paint: painter('stderr') };
  for (const text of [renderStderr(unread, talk), renderRemarks(unread, talk)]) if (text !== '') say(text);
  const differing = groups.flatMap(({ hosts, differences }) => (differences.length > 0 ? hosts : []));
  const back = await rolledBack(differing, app.name, ledger);
  if (differing.length > 0) sayDiffering(differing, back, readings.length, app.name);
  sayUnread(readings, envApp);
  if (unread.length > 0) say(`${countHosts(unread.map(({ host }) => host))} of ${readings.length} not read`);
}

/** A push to hosts that were rolled back would undo that: it is not what they need first. */
function sayDiffering(
  differing: readonly string[],
  back: readonly RolledBack[],
  all: number,
  app: string,
): void {
  const pushed = (what: string, hosts: readonly string[]) =>
    say(withCommand(what, `kuafu env push --app ${app} ${quoteWord(fold(hosts))}`, stderrColumns()));
  const others = differing.filter((name) => !back.some(({ hosts }) => hosts.includes(name)));
  const count = `${countHosts(differing)} of ${all} with differences`;
  if (others.length > 0) pushed(`${count}; written by:`, others);
  else say(count);
  for (const { by, hosts } of back)
    pushed(
      `${fold(hosts)}: rolled back by operation ${by}; correct the values in the configuration first, as this writes them again:`,
      hosts,
    );
}
