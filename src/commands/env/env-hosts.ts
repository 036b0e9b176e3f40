import type { Command } from 'commander';
import type { AppConfig, Config, EnvConfig } from '../../lib/config/config-types.js';
import { ENV_OUTPUT_BYTES, envFactsCommand, parseEnvFacts } from '../../lib/env/env-facts.js';
import type { EnvTarget } from '../../lib/env/env-plan.js';
import { NoHostReachedError, UsageError } from '../../lib/errors.js';
import { fanOutReads } from '../../lib/fanout/fan-out.js';
import { type HostOutcome, scoreOf } from '../../lib/fanout/outcome.js';
import { parseApp } from '../../lib/inventory/known-names.js';
import { type SelectionWords, selectHosts, selectionWords } from '../../lib/inventory/selection.js';
import { fold } from '../../lib/names/fold.js';
import type { Host } from '../../lib/names/host.js';
import { compareNaturally } from '../../lib/names/natural-order.js';
import { quoteWord } from '../../lib/shell/quote.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import { renderRemarks } from '../../lib/ui/exec/exec-view.js';
import { FanOutView } from '../../lib/ui/exec/fanout-view.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { onQuestion } from '../../lib/ui/frame/keys.js';
import { say } from '../../lib/ui/frame/output.js';
import { canRedraw, stderrColumns } from '../../lib/ui/frame/screen-width.js';
import { canAsk } from '../confirm.js';
import type { Context } from '../context.js';
import { listenForInterruption } from '../interruption.js';
import { type Candidates, whichApp } from '../which-app.js';

const DEFAULT_FORKS = 128;

/** An application that has an environment. */
export interface EnvApp {
  readonly app: AppConfig;
  readonly env: EnvConfig;
}

export const WITH_ENV: Candidates = {
  what: 'application with an environment',
  fits: ({ env }) => env !== undefined,
};

/** @throws UsageError when the application has no environment */
export function parseEnvApp(name: string, config: Config): EnvApp {
  const app = parseApp(name, config);
  if (app.env !== undefined) return { app, env: app.env };
  throw new UsageError(
    `apps.${name} has no env in the configuration, so there is no environment file`,
    'kuafu config docs apps',
  );
}

/** A host, and the result of reading its file. */
export interface EnvReading {
  readonly host: Host;
  readonly outcome: HostOutcome;
  readonly facts: EnvTarget['facts'];
}

export interface EnvReadings {
  readonly readings: readonly EnvReading[];
  /** Ctrl-C came before all hosts were read. */
  readonly interrupted: boolean;
}

/** Adds the chosen application to the flags. Errors as those of whichApp. */
export async function withEnvApp<Flags extends SelectionWords>(
  nodeSets: readonly string[],
  flags: Flags,
  context: Context,
  command: Command,
): Promise<Flags & { readonly app: string }> {
  return { ...flags, app: await whichApp(selectionWords(nodeSets, flags), context, command, WITH_ENV) };
}

/** The chosen hosts of the application. Errors as those of selectHosts. */
export function selectEnvHosts(
  nodeSets: readonly string[],
  flags: SelectionWords,
  { inventory }: Context,
): Host[] {
  return selectHosts(selectionWords(nodeSets, flags), inventory, 'kuafu env diff --app shop');
}

/** Reads the environment file of many hosts; with `both`, also its previous version. */
export async function readEnvFiles(
  hosts: readonly Host[],
  { app, env }: EnvApp,
  which: 'current' | 'both',
  { options, config }: Context,
  connections: ReadConnections,
): Promise<EnvReadings> {
  const outcomes: HostOutcome[] = [];
  const view = new FanOutView(hosts.length, canRedraw() && !options.json);
  const interruption = listenForInterruption('files that are being read are read to their end');
  const forget = onQuestion(() => view.sayPending(), canAsk());
  try {
    await fanOutReads(hosts, envFactsCommand({ path: env.file, service: app.service }, which), {
      connections,
      forks: options.forks ?? DEFAULT_FORKS,
      outputLimit: ENV_OUTPUT_BYTES,
      secrets: config.secrets,
      shows: 'data',
      listener: (event) => {
        view.listener(event);
        if (event.type === 'ended') outcomes.push(event.outcome);
      },
      stop: interruption.stop,
      cut: interruption.cut,
    });
  } finally {
    forget();
    interruption.ignore();
    await view.done();
  }
  outcomes.sort((a, b) => compareNaturally(a.host, b.host));
  const hostOf = new Map(hosts.map((host) => [host.name, host]));
  const readings = outcomes.flatMap((outcome) => {
    const host = hostOf.get(outcome.host);
    const facts = scoreOf(outcome) === 'done' ? parseEnvFacts(outcome.stdout) : undefined;
    return host === undefined ? [] : [{ host, outcome, facts }];
  });
  return { readings, interrupted: interruption.stop.aborted };
}

/** @throws NoHostReachedError when no host was reached, with every reason */
export function requireOneReached(readings: readonly EnvReading[]): void {
  if (readings.some(({ outcome }) => outcome.status !== 'unreachable')) return;
  const outcomes = readings.map(({ outcome }) => outcome);
  throw new NoHostReachedError(`no host was reached:\n${renderRemarks(outcomes, { outputLimit: 0 })}`);
}

/** Why a file was not read. */
export function unreadReason({ message, stderr, exitCode }: HostOutcome): string {
  if (message !== '') return message;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? `reading ended with status ${exitCode}` : said;
}

/** Reports hosts whose file was changed after the process was started: the file may be right, but the process has the old values. */
export function sayUnread(readings: readonly EnvReading[], { app }: EnvApp): void {
  const unread = readings.filter(({ facts }) => facts?.isUnread);
  if (unread.length === 0) return;
  const hosts = fold(unread.map(({ host }) => host.name));
  say(
    withCommand(
      `${hosts}: the service runs since before the file was last changed, with what stood there then; restarted by:`,
      `kuafu env push --app ${app.name} --restart ${quoteWord(hosts)}`,
      stderrColumns(),
    ),
  );
}
