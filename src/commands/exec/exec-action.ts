import type { Command } from 'commander';
import { parseDuration } from '../../lib/config/duration.js';
import { UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { fanOut, outputLimitFor } from '../../lib/fanout/fan-out.js';
import { LiveLines } from '../../lib/fanout/live-lines.js';
import { OutDir } from '../../lib/fanout/out-dir.js';
import { type HostOutcome, notBegun, type Score, scoresOf } from '../../lib/fanout/outcome.js';
import { type SelectionWords, selectHosts, selectionWords } from '../../lib/inventory/selection.js';
import { jsonText } from '../../lib/json-text.js';
import { Secrets } from '../../lib/masking/secret.js';
import { fold } from '../../lib/names/fold.js';
import type { Host } from '../../lib/names/host.js';
import { compareNaturally } from '../../lib/names/natural-order.js';
import type { RemoteCommand } from '../../lib/shell/command.js';
import { quoteWord } from '../../lib/shell/quote.js';
import { execDocument } from '../../lib/ui/exec/exec-json.js';
import { pourLines, renderEnds } from '../../lib/ui/exec/exec-lines.js';
import {
  countHosts,
  type ExecViewOptions,
  renderBoxScore,
  renderOutputs,
  renderRemarks,
  renderStderr,
} from '../../lib/ui/exec/exec-view.js';
import { FanOutView } from '../../lib/ui/exec/fanout-view.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { onQuestion } from '../../lib/ui/frame/keys.js';
import { out, say, sayWhole } from '../../lib/ui/frame/output.js';
import { canRedraw, stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { canAsk } from '../confirm.js';
import { openWriteConnections } from '../connections.js';
import { type HostContext, openHostContext } from '../context.js';
import { globalOptions } from '../global-options.js';
import { listenForInterruption } from '../interruption.js';
import { maskKnown, sayUnset } from '../known-secrets.js';
import { readStandardInput, sayUnsent } from './standard-input.js';

export interface ExecFlags extends SelectionWords {
  readonly timeout: string;
  readonly stdin?: boolean;
  readonly stream?: boolean;
  readonly diff?: boolean;
  readonly outDir?: string;
  /** False with --no-mask. */
  readonly mask: boolean;
}

export interface ExecWords {
  /** Before `--`. */
  readonly nodeSets: readonly string[];
  /** After it. */
  readonly command: readonly string[];
}

const DEFAULT_FORKS = 128;
const EXAMPLE = 'kuafu exec @app:shop -- uptime';

/** `kuafu exec` */
export async function exec(words: ExecWords, flags: ExecFlags, command: Command): Promise<void> {
  const line = lineOf(words);
  const timeoutMs = timeoutOf(flags);
  const selection = selectionWords(words.nodeSets, flags);
  const { json } = globalOptions(command);
  if (flags.stream && (json || flags.diff))
    throw new UsageError(
      `--stream does not go with ${json ? '--json' : '--diff'}, which needs whole outputs`,
    );
  const context = await openHostContext(command);
  const hosts = selectHosts(selection, context.inventory, EXAMPLE);
  const secrets = flags.mask ? context.config.secrets : new Secrets();
  // The line was typed by hand. A password in it would be shown again by --json and --dry-run, and in stored output.
  const shown = secrets.mask(line);
  if (context.options.dryRun) return showDryRun(shown, hosts, json);
  sayUnset(secrets);
  const outDir = flags.outDir === undefined ? undefined : await OutDir.open(flags.outDir, secrets);
  const stdin = flags.stdin ? await readStandardInput() : undefined;
  const remote: RemoteCommand = {
    words: ['sh', '-c', line],
    effect: 'write',
    timeoutMs,
    environment: 'login',
  };
  const isLive = flags.stream ?? (hosts.length === 1 && !json && !flags.diff);
  const run = await runEverywhere(hosts, remote, { ...context, secrets, outDir, stdin, isLive });
  if (stdin === undefined) sayUnsent();
  await report(shown, run, flags, { outputLimit: outputLimitFor(hosts.length) }, json);
}

/** One word is a shell line as the user wrote it; several words are a program and its arguments, each quoted. */
function lineOf({ nodeSets, command }: ExecWords): string {
  const [first] = command;
  if (first === undefined)
    throw new UsageError(
      'which command? It stands behind --',
      `for example ${nodeSets.length > 1 ? `kuafu exec ${nodeSets[0]} -- ${nodeSets.slice(1).join(' ')}` : EXAMPLE}`,
    );
  if (command.every((word) => word.trim() === '')) throw new UsageError('the command is empty');
  return command.length === 1 ? first : command.map(quoteWord).join(' ');
}

function timeoutOf({ timeout }: ExecFlags): number {
  const parsed = parseDuration(timeout);
  if ('ms' in parsed) return parsed.ms;
  throw new UsageError(`--timeout: ${parsed.problem}`, 'for example --timeout 30s');
}

function showDryRun(command: string, hosts: readonly Host[], json: boolean): void {
  const outcomes = hosts.map((host) => notBegun(host.name));
  const scores = { done: 0, failed: 0, unreachable: 0, pending: hosts.length };
  const nothing = { dryRun: true, exitCode: ExitCode.done, elapsedMs: 0, scores, outcomes };
  if (json) {
    out(jsonText(execDocument({ command, ...nothing })));
    return;
  }
  const names = hosts.map(({ name }) => name);
  out(`${fold(names)} (${countHosts(names)})\n${command}`);
  say('a dry run: no host was connected to');
}

interface ExecContext extends HostContext {
  readonly secrets: Secrets;
  readonly outDir: OutDir | undefined;
  readonly stdin: Buffer | undefined;
  /** Whether lines are shown as they come. */
  readonly isLive: boolean;
}

interface FinishedRun {
  readonly outcomes: readonly HostOutcome[];
  readonly scores: Readonly<Record<Score, number>>;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly outDir: OutDir | undefined;
  readonly isLive: boolean;
}

async function runEverywhere(
  hosts: readonly Host[],
  command: RemoteCommand,
  context: ExecContext,
): Promise<FinishedRun> {
  const { secrets, outDir, stdin, isLive, options } = context;
  const connections = await openWriteConnections(context);
  const outcomes: HostOutcome[] = [];
  // A program that reads our lines may write them to this terminal, where it would not know of a line that is redrawn.
  const mixes = isLive && process.stdout.isTTY !== true;
  const view = new FanOutView(hosts.length, canRedraw() && !options.json && !mixes);
  const interruption = listenForInterruption('running commands may end, none begins');
  const forget = onQuestion(() => view.sayPending(), canAsk());
  const outputLimit = outputLimitFor(hosts.length);
  const lines = new LiveLines(secrets, outputLimit, async (...words) => {
    view.heard();
    await pourLines(...words);
  });
  try {
    await fanOut(hosts, command, {
      connections,
      forks: options.forks ?? DEFAULT_FORKS,
      outputLimit,
      secrets,
      shows: 'stdout',
      lateHint: 'a longer --timeout waits for it',
      listener: (event) => {
        view.listener(event);
        if (event.type !== 'ended') return;
        outcomes.push(event.outcome);
        void lines.end(event.outcome.host);
      },
      ...(outDir === undefined && !isLive
        ? {}
        : { onStdout: takeStdout(outDir, isLive ? lines : undefined) }),
      ...(isLive ? { onStderr: (host, chunk) => lines.add(host, 'stderr', chunk) } : {}),
      ...(stdin === undefined ? {} : { stdin }),
      stop: interruption.stop,
      cut: interruption.cut,
    });
  } finally {
    forget();
    interruption.ignore();
    await view.done();
    await connections.close();
  }
  const ends = (await outDir?.finish(outcomes)) ?? outcomes;
  ends.sort((a, b) => compareNaturally(a.host, b.host));
  const { elapsedMs } = view;
  const interrupted = interruption.stop.aborted;
  return { outcomes: ends, scores: scoresOf(ends), elapsedMs, interrupted, outDir, isLive };
}

function takeStdout(outDir: OutDir | undefined, lines: LiveLines | undefined) {
  return async (host: string, chunk: Buffer): Promise<void> => {
    await outDir?.append(host, chunk);
    await lines?.add(host, 'stdout', chunk);
  };
}

async function report(
  command: string,
  run: FinishedRun,
  { diff = false }: ExecFlags,
  view: ExecViewOptions,
  json: boolean,
): Promise<void> {
  const { outcomes, scores, elapsedMs, outDir, isLive } = run;
  const paint = painter('stdout');
  const difference = diff
    ? (await import('../../lib/ui/exec/exec-diff.js')).renderDiff(outcomes, { ...view, paint })
    : undefined;
  const exitCode = exitCodeOf(run, difference?.differing.length ?? 0);
  process.exitCode = exitCode;
  // Live lines were shown already.
  const unshown = isLive ? outcomes.filter(({ stdout }) => stdout === '') : outcomes;
  if (json) out(jsonText(execDocument({ command, dryRun: false, exitCode, elapsedMs, scores, outcomes })));
  else {
    const data = difference?.text ?? renderOutputs(unshown, { ...view, paint, width: stdoutColumns() });
    if (data !== '') out(data);
  }
  const talk = { ...view, paint: painter('stderr'), width: stderrColumns() };
  const ended = isLive ? renderEnds(outcomes, talk.paint) : renderStderr(outcomes, talk);
  if (!json && ended !== '') sayWhole(ended);
  const remarks = json ? '' : renderRemarks(outcomes, talk);
  if (remarks !== '') say(remarks);
  if (outDir !== undefined) say(maskKnown(`what each host put out is in ${outDir.folder}`));
  say(renderBoxScore(scores, elapsedMs, talk.paint));
}

function exitCodeOf({ scores, interrupted }: FinishedRun, differing: number): ExitCode {
  const { done, failed, unreachable, pending } = scores;
  if (interrupted && pending > 0) return ExitCode.interrupted;
  if (unreachable > 0 && done + failed === 0) return ExitCode.unreachable;
  if (failed + unreachable > 0) return ExitCode.failed;
  return differing > 0 ? ExitCode.finding : ExitCode.done;
}
