import { dirname, join } from 'node:path';
import type { Inventory } from '../lib/inventory/inventory.js';
import type { Host } from '../lib/names/host.js';
import { Questions } from '../lib/ssh/questions.js';
import type { Connections, ReadConnections } from '../lib/ssh/transport.js';
import { say } from '../lib/ui/frame/output.js';
import { answerChallenge, askPassphrase, canAsk } from './confirm.js';
import type { HostContext } from './context.js';

/** For a command that only looks: reports, logs, checks and states. */
export async function openReadConnections(context: HostContext): Promise<ReadConnections> {
  const { readOnly } = await import('../lib/ssh/read-only.js');
  return readOnly(await open(context));
}

/** Connections by which a plan is made, and then done. */
export interface PlanConnections extends ReadConnections {
  /** The same, and what they have open, for whoever does the plan: it was shown and confirmed, or needs no confirmation. */
  confirmed(): Connections;
}

/** For a command that looks, shows its plan, and does it once it is confirmed. */
export async function openPlanConnections(context: HostContext): Promise<PlanConnections> {
  const { readOnly } = await import('../lib/ssh/read-only.js');
  const connections = await open(context);
  const confirmed = () => {
    refuseDryRun(context);
    return connections;
  };
  return Object.assign(readOnly(connections), { confirmed });
}

/** For what writes without a plan of its own: a command that a person typed, an operation that is gone on with or given up. */
export async function openWriteConnections(context: HostContext): Promise<Connections> {
  refuseDryRun(context);
  return await open(context);
}

function refuseDryRun({ options }: HostContext): void {
  if (options.dryRun) throw new Error('a dry run asks for connections that write');
}

/** One terminal. */
const questions = new Questions();

/**
 * Tells what ssh_config says for a host that changes the way of ssh to it and not ours. A line is told once, with the first
 * host that it is for: `kuafu config hosts` shows the others.
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

/** Keys of spare hosts that are new are kept beside the ledger, and said. */
async function open({ config, inventory, options, through }: HostContext): Promise<Connections> {
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
    askPassphrase,
    answerChallenge: canAsk() ? answerChallenge : undefined,
    questions,
    through,
    mask: (text) => config.secrets.mask(text, { end: true }),
    onNewHostKey,
    onDial: sayDoubts(inventory),
  });
}
