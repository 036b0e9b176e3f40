import { dirname, join } from 'node:path';
import type { Inventory } from '../lib/inventory/inventory.js';
import type { Host } from '../lib/names/host.js';
import type { Deadline } from '../lib/ssh/deadline.js';
import { Questions } from '../lib/ssh/questions.js';
import type { Connections, ReadConnections } from '../lib/ssh/transport.js';
import { say } from '../lib/ui/frame/output.js';
import { answerChallenge, askPassphrase, canAsk } from './confirm.js';
import type { HostContext } from './context.js';

/**
 * For a command that only reads: reports, logs, checks and states.
 * @param deadline of the whole command; the time that a person takes to answer is not counted
 */
export async function openReadConnections(
  context: HostContext,
  deadline?: Deadline,
): Promise<ReadConnections> {
  const { readOnly } = await import('../lib/ssh/read-only.js');
  return readOnly(await open(context, deadline));
}

/** Connections that are used to make a plan, and then to run it. */
export interface PlanConnections extends ReadConnections {
  /** The same connections, with write access, to run the plan: it was shown and confirmed, or needs no confirmation. */
  confirmed(): Connections;
}

/** For a command that reads, shows its plan, and runs it after confirmation. */
export async function openPlanConnections(context: HostContext): Promise<PlanConnections> {
  const { readOnly } = await import('../lib/ssh/read-only.js');
  const connections = await open(context);
  const confirmed = () => {
    refuseDryRun(context);
    return connections;
  };
  return Object.assign(readOnly(connections), { confirmed });
}

/** For writes without a new plan: a command that a person typed, an operation that is resumed or closed. */
export async function openWriteConnections(context: HostContext): Promise<Connections> {
  refuseDryRun(context);
  return await open(context);
}

function refuseDryRun({ options }: HostContext): void {
  if (options.dryRun) throw new Error('a dry run asks for connections that write');
}

/** Shared by all connections, because there is one terminal. */
const questions = new Questions();

/**
 * Reports lines of ssh_config that change how ssh reaches a host, but not how kuafu does. Each line is reported once, for
 * the first host it applies to: `kuafu config hosts` shows the others.
 */
function sayDoubts(inventory: Inventory): (host: Host) => void {
  const told = new Set<string>();
  return (host) => {
    for (const { origin, sentence, weight } of inventory.explain(host).doubts) {
      const place = `${origin.file}:${origin.line}`;
      if (weight === 'says' && !told.has(place)) say(`${host.name}: ${place}: ${sentence}`);
      told.add(place);
    }
  };
}

/** New keys of spare hosts are recorded beside the ledger, and reported. */
async function open(
  { config, inventory, options, through }: HostContext,
  deadline?: Deadline,
): Promise<Connections> {
  const { openConnections } = await import('../lib/ssh/connections.js');
  const onNewHostKey = (host: string, fingerprint: string) => {
    if (options.verbose) say(`${host}: its host key ${fingerprint} is new; accepted and recorded`);
  };
  const newKeysFile = join(dirname(config.ledger.file), 'accepted_host_keys');
  return openConnections({
    knownHostsFiles: [...config.ssh.knownHosts, newKeysFile],
    newKeysFile,
    agentSocket: process.env.SSH_AUTH_SOCK,
    findJumpHost: (jump, target) => inventory.jumpHost(jump, target),
    askPassphrase: uncounted(askPassphrase, deadline),
    answerChallenge: canAsk() ? uncounted(answerChallenge, deadline) : undefined,
    questions,
    through,
    mask: (text, cut) => config.secrets.mask(text, cut),
    onNewHostKey,
    onDial: sayDoubts(inventory),
  });
}

function uncounted<Q, A>(ask: (question: Q) => Promise<A>, deadline?: Deadline): (question: Q) => Promise<A> {
  return deadline === undefined ? ask : (question) => deadline.whileHuman(() => ask(question));
}
