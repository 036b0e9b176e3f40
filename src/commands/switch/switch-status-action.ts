import type { Command } from 'commander';
import { parseDuration } from '../../lib/config/duration.js';
import { FailedError, UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { parseApp } from '../../lib/inventory/known-names.js';
import { jsonText } from '../../lib/json-text.js';
import { Deadline } from '../../lib/ssh/deadline.js';
import { readSwitch, type SwitchScope } from '../../lib/switch/read-switch.js';
import { judgeSwitch, type SwitchStatus } from '../../lib/switch/switch-status.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { renderSwitch, switchAdvice, switchDocument } from '../../lib/ui/inventory/switch-view.js';
import { openReadConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';

export interface SwitchFlags {
  readonly app?: string;
  readonly within: string;
}

/** `kuafu switch status` */
export async function showSwitch(flags: SwitchFlags, command: Command): Promise<void> {
  const withinMs = timeOf(flags);
  const context = await openContext(command, 'unneeded', 'read');
  try {
    await ask(scopeOf(flags, context), withinMs, context);
  } finally {
    await context.ledger.close();
  }
}

async function ask(scope: SwitchScope, withinMs: number, context: Context): Promise<void> {
  const late = () => new FailedError(`no answer within ${withinMs / 1000} s`);
  // The start of this program counts as well, because a person waits for it; a slow one leaves half of the time.
  const deadline = new Deadline(Math.max(withinMs - performance.now(), withinMs / 2), late);
  const connections = await openReadConnections(context, deadline);
  try {
    const facts = await readSwitch(scope, { ...context, connections, signal: deadline.signal });
    // Before the connections are closed: those that have gone dark take a while.
    show(judgeSwitch(facts), context);
  } finally {
    deadline.clear();
    await connections.close();
  }
}

function show(status: SwitchStatus, { options }: Context): void {
  const exitCode = exitCodeOf(status);
  process.exitCode = exitCode;
  if (options.json) {
    out(jsonText(switchDocument(status, exitCode)));
    return;
  }
  out(renderSwitch(status, { width: stdoutColumns(), paint: painter('stdout') }));
  for (const [what, line] of switchAdvice(status)) say(withCommand(what, line, stderrColumns()));
}

function exitCodeOf({ isReached, deviations, silent }: SwitchStatus): ExitCode {
  if (!isReached) return ExitCode.unreachable;
  return deviations.length > 0 || silent.length > 0 ? ExitCode.finding : ExitCode.done;
}

/** @throws UsageError for an unknown application, and if there is nothing to ask about */
function scopeOf({ app }: SwitchFlags, { config }: Context): SwitchScope {
  const apps = app === undefined ? [...config.apps.values()] : [parseApp(app, config)];
  const places = apps.flatMap((each) =>
    [...(each.traffic?.balancers.keys() ?? [])].map((room) => ({ app: each, room })),
  );
  if (app !== undefined && places.length === 0)
    throw new UsageError(`${app} has no balancer`, 'kuafu config docs apps shows how they are written');
  const scope = { zones: [...config.dns.values()], places, databases: [...config.databases.values()] };
  if (Object.values(scope).some((each) => each.length > 0)) return scope;
  throw new UsageError(
    'the configuration has no DNS zone, no balancer and no database',
    'kuafu config docs shows how they are written.',
  );
}

function timeOf({ within }: SwitchFlags): number {
  const parsed = parseDuration(within);
  if ('ms' in parsed) return parsed.ms;
  throw new UsageError(`--within: ${parsed.problem}`, 'for example --within 10s');
}
