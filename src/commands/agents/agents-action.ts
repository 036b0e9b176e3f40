import type { Command } from 'commander';
import { ExitCode } from '../../lib/exit-codes.js';
import { type Clock, readClock } from '../../lib/host/clock.js';
import { type SelectionWords, selectHosts, selectionWords } from '../../lib/inventory/selection.js';
import { jsonText } from '../../lib/json-text.js';
import type { Ledger } from '../../lib/ledger/ledger.js';
import type { Host } from '../../lib/names/host.js';
import { readAbsent } from '../../lib/report/absent.js';
import { type Agent, agentFindings, lastOperations } from '../../lib/report/agents.js';
import { placesOf, wantedOf } from '../../lib/report/places.js';
import type { Finding } from '../../lib/report/resources.js';
import { readWaiting, startCommands, withoutWaiting } from '../../lib/report/waiting.js';
import { describeHostKey } from '../../lib/ssh/known-hosts.js';
import type { ReadSession } from '../../lib/ssh/transport.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, remark, say } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import {
  agentsDocument,
  renderAgents,
  renderAgentTable,
  renderLoginNoise,
} from '../../lib/ui/report/agents-view.js';
import { openReadConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { type ReadRun, readHostsLive } from '../read-hosts.js';

export interface AgentsFlags extends SelectionWords {
  readonly byHost?: boolean;
}

/** How many of the newest operations are searched. */
const OPERATIONS = 20;

/** `kuafu agents` */
export async function showAgents(
  nodeSets: readonly string[],
  flags: AgentsFlags,
  command: Command,
): Promise<void> {
  const words = selectionWords(nodeSets, flags);
  const context = await openContext(command, 'unneeded', 'read');
  try {
    const { inventory, options } = context;
    const isAnySaid = Object.values(words).some((word) => word !== undefined);
    const hosts = isAnySaid
      ? selectHosts(words, inventory, 'kuafu agents @idc:B')
      : [...inventory.hosts.values()];
    const { agents, absent, interrupted } = await ask(hosts, context);
    const waiting = await readWaiting(agents, context.config, inventory, context.ledger);
    const findings = [...withoutWaiting(agentFindings(agents), waiting), ...absent];
    const reached = agents.some(({ status }) => status !== 'unreachable');
    const found = findings.length > 0 ? ExitCode.finding : ExitCode.done;
    const exitCode = interrupted ? ExitCode.interrupted : reached ? found : ExitCode.unreachable;
    process.exitCode = exitCode;
    if (options.json) {
      out(jsonText(agentsDocument(agents, findings, new Date().toISOString(), exitCode)));
      return;
    }
    const view = { width: stdoutColumns(), paint: painter('stdout') };
    out(flags.byHost === true ? renderAgentTable(agents, view) : renderAgents(agents, findings, view));
    const answered = agents.filter(({ status }) => status === 'answered').length;
    for (const line of renderLoginNoise(agents)) say(line);
    for (const start of startCommands(waiting))
      remark(withCommand('installed and not started yet:', start, stderrColumns()));
    (answered < agents.length ? say : remark)(`${answered} of ${agents.length} hosts answered`);
  } finally {
    await context.ledger.close();
  }
}

interface AskRun {
  readonly agents: readonly Agent[];
  readonly absent: readonly Finding[];
  readonly interrupted: ReadRun['interrupted'];
}

async function ask(hosts: readonly Host[], context: Context): Promise<AskRun> {
  const { config, inventory, ledger } = context;
  const places = placesOf(config, inventory);
  const clocks = new Map<string, Clock>();
  const keys = new Map<string, string>();
  const noises = new Map<string, string>();
  const keptOut = await ledger.keptOut();
  const wanted = ({ name }: Host) =>
    wantedOf((places.get(name) ?? []).flatMap(({ app }) => config.apps.get(app) ?? []));
  const onSession = async (host: string, session: ReadSession) => {
    keys.set(host, describeHostKey(session.hostKey));
    clocks.set(host, await readClock(session));
    noises.set(host, session.loginNoise);
  };
  // Balancers have their own connections: that of a host that is read closes after its reading.
  const toBalancers = await openReadConnections(context);
  let absent: readonly Finding[] = [];
  const { answers, interrupted } = await readHostsLive(
    hosts,
    { ...context, through: toBalancers },
    { sampleMs: 0, wanted, onSession },
    async () => {
      absent = await readAbsent(hosts, config, inventory, toBalancers, ledger);
    },
  ).finally(() => toBalancers.close());
  const last = await lastOperationsIn(ledger);
  const agents = answers.map((answer): Agent => {
    const { role, ssh } = inventory.host(answer.host);
    return {
      ...answer,
      role,
      address: ssh.address,
      clock: clocks.get(answer.host),
      hostKey: keys.get(answer.host) ?? '',
      loginNoise: noises.get(answer.host) ?? '',
      lastOperation: last.get(answer.host),
      drained: keptOut.filter((row) => row.host === answer.host),
    };
  });
  return { agents, absent, interrupted };
}

async function lastOperationsIn(ledger: Ledger) {
  const newest = await ledger.list({ limit: OPERATIONS });
  return lastOperations(await Promise.all(newest.map(({ id }) => ledger.show(id))));
}
