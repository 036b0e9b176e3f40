import type { Command } from 'commander';
import { envDifferences } from '../../lib/env/env-diff.js';
import { envOfRoom } from '../../lib/env/env-file.js';
import { EnvMask } from '../../lib/env/env-mask.js';
import { ExitCode } from '../../lib/exit-codes.js';
import type { SelectionWords } from '../../lib/inventory/selection.js';
import { jsonText } from '../../lib/json-text.js';
import type { Secrets } from '../../lib/masking/secret.js';
import { fold } from '../../lib/names/fold.js';
import { quoteWord } from '../../lib/shell/quote.js';
import { type EnvGroup, envDiffDocument } from '../../lib/ui/env/env-json.js';
import { renderEnvDiff } from '../../lib/ui/env/env-view.js';
import { countHosts, renderRemarks, renderStderr } from '../../lib/ui/exec/exec-view.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { openReadConnections } from '../connections.js';
import { openContext } from '../context.js';
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
      process.exitCode = interrupted ? ExitCode.interrupted : exitCodeOf(readings, groups);
      report(readings, groups, app, context.options.json);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

/** Groups the hosts that were read by equal differences, the biggest group first. */
export function groupDifferences(
  readings: readonly EnvReading[],
  { env }: EnvApp,
  secrets: Secrets,
  which: 'current' | 'previous' = 'current',
): EnvGroup[] {
  const mask = new EnvMask(env, secrets);
  const groups = new Map<string, { hosts: string[]; differences: EnvGroup['differences'] }>();
  for (const { host, facts } of readings) {
    const file = facts?.[which];
    if (file === undefined) continue;
    const wanted = envOfRoom(env, host.room);
    const differences = envDifferences(file, wanted, (value) => secrets.resolve(value), mask, env);
    const key = JSON.stringify(differences);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { hosts: [host.name], differences });
    else group.hosts.push(host.name);
  }
  return [...groups.values()].sort((a, b) => b.hosts.length - a.hosts.length);
}

function exitCodeOf(readings: readonly EnvReading[], groups: readonly EnvGroup[]): ExitCode {
  if (readings.every(({ outcome }) => outcome.status === 'unreachable')) return ExitCode.unreachable;
  if (readings.some(({ facts }) => facts === undefined)) return ExitCode.failed;
  return groups.some(({ differences }) => differences.length > 0) ? ExitCode.finding : ExitCode.done;
}

function report(
  readings: readonly EnvReading[],
  groups: readonly EnvGroup[],
  envApp: EnvApp,
  json: boolean,
): void {
  const { app, env } = envApp;
  const unread = readings.filter(({ facts }) => facts === undefined).map(({ outcome }) => outcome);
  if (json) {
    const exitCode = Number(process.exitCode);
    out(jsonText(envDiffDocument({ app: app.name, file: env.file, exitCode, groups, unread })));
    return;
  }
  const data = renderEnvDiff(groups, { width: stdoutColumns(), paint: painter('stdout') });
  if (data !== '') out(data);
  const talk = { outputLimit: 0, paint: painter('stderr') };
  for (const text of [renderStderr(unread, talk), renderRemarks(unread, talk)]) if (text !== '') say(text);
  const differing = groups.flatMap(({ hosts, differences }) => (differences.length > 0 ? hosts : []));
  if (differing.length > 0)
    say(
      withCommand(
        `${countHosts(differing)} of ${readings.length} with differences; written by:`,
        `kuafu env push --app ${app.name} ${quoteWord(fold(differing))}`,
        stderrColumns(),
      ),
    );
  sayUnread(readings, envApp);
  if (unread.length > 0) say(`${countHosts(unread.map(({ host }) => host))} of ${readings.length} not read`);
}
