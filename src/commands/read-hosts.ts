import type { Host } from '../lib/names/host.js';
import { type HostAnswer, type ReadOptions, readHosts } from '../lib/report/read-hosts.js';
import { FanOutView } from '../lib/ui/exec/fanout-view.js';
import { onQuestion } from '../lib/ui/frame/keys.js';
import { canRedraw } from '../lib/ui/frame/screen-width.js';
import { canAsk } from './confirm.js';
import { openReadConnections } from './connections.js';
import type { HostContext } from './context.js';
import { listenForInterruption } from './interruption.js';

const DEFAULT_FORKS = 128;

export interface ReadRun {
  readonly answers: readonly HostAnswer[];
  readonly interrupted: boolean;
}

type Wishes = Pick<ReadOptions, 'sampleMs' | 'wanted' | 'onSession'>;

/** Reads hosts with a live line on stderr, and runs `beside` meanwhile. After Ctrl-C the other hosts stay unread. */
export async function readHostsLive(
  hosts: readonly Host[],
  context: HostContext,
  wishes: Wishes,
  beside: (signal: AbortSignal) => Promise<unknown> = async () => undefined,
): Promise<ReadRun> {
  const connections = await openReadConnections(context);
  const view = new FanOutView(hosts.length, canRedraw() && !context.options.json);
  const interruption = listenForInterruption('hosts that are being read may end, none begins');
  const forget = onQuestion(() => view.sayPending(), canAsk());
  const { stop, cut } = interruption;
  try {
    const forks = context.options.forks ?? DEFAULT_FORKS;
    const { secrets } = context.config;
    const options = { ...wishes, connections, forks, secrets, listener: view.listener, stop, cut };
    const [answers] = await Promise.all([readHosts(hosts, options), beside(cut)]);
    return { answers, interrupted: stop.aborted };
  } finally {
    forget();
    interruption.ignore();
    await view.done();
    await connections.close();
  }
}
