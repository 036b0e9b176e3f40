import type { CopyAction } from '../copy/actions.js';
import type { FileTree } from '../copy/file-tree.js';
import { CHAIN_OPENSSH } from '../copy/survey.js';
import { isAddress } from '../names/addresses.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { ScaleRequest } from './scale-request.js';
import type { TemplateFacts } from './template-facts.js';

/** What decides how the template's files are brought to the new hosts. */
export interface CopyFacts {
  readonly template: TemplateFacts;
  /** Network of the room that gets the new hosts. */
  readonly network: string;
  /** The hosts that may get the files. */
  readonly free: readonly Host[];
}

/**
 * A feeder with two receivers halves the rate of each, but also halves the length of the chain. Below this many bytes for
 * each host of the chain, a shorter chain saves more time than the halved rate costs (bench/copy.mjs).
 */
const BRANCH_BELOW_BYTES_PER_HOST = 250_000;

/** The copy of an expansion, the same for each of its hosts. */
export function copyAction(request: ScaleRequest, facts: CopyFacts): CopyAction {
  const { template } = request;
  const tree = treeOf(request, facts.template);
  return {
    kind: 'copy.tree',
    from: template.name,
    tree,
    method: request.oneHop || whyNoChain(request, facts) !== undefined ? 'one-hop' : 'chain',
    width: tree.packed.bytes < request.count * BRANCH_BELOW_BYTES_PER_HOST ? 2 : 1,
    sources: [template.ssh.address, facts.network],
    ...(request.replace ? { replace: true } : {}),
    ...(request.bytesPerSecond === undefined ? {} : { bytesPerSecond: request.bytesPerSecond }),
  };
}

/**
 * Why files cannot go from host to host. Each host admits the host before it by address, and reaches the next one by address.
 * What DNS says on a host, and whether its sshd asks DNS, kuafu cannot know.
 */
function whyNoChain(
  { template }: ScaleRequest,
  { template: { openssh }, free }: CopyFacts,
): string | undefined {
  if (openssh < CHAIN_OPENSSH) {
    const has = openssh === 0 ? 'no OpenSSH client' : `OpenSSH ${openssh}`;
    return `the template ${template.name} has ${has}; a copy from host to host needs ${CHAIN_OPENSSH}`;
  }
  const named = [template, ...free].filter(({ ssh }) => !isAddress(ssh.address)).map(({ name }) => name);
  if (named.length === 0) return undefined;
  return `no address is known of ${fold(named)}, but a name for DNS; a copy from host to host needs addresses`;
}

export function treeOf(
  { app }: Pick<ScaleRequest, 'app'>,
  { excluded, fingerprint }: TemplateFacts,
): FileTree {
  return { paths: app.files, exclude: excluded, ...fingerprint, format: 'pax' };
}

/** What an operator should know of the copy: that there is no chain, or that a limit makes it long. */
export function copyNotes(request: ScaleRequest, facts: CopyFacts): string[] {
  const { bytesPerSecond } = request;
  const notes: string[] = [];
  const reason = whyNoChain(request, facts);
  if (reason !== undefined) notes.push(`${reason}, so every copy passes through this machine`);
  // Copies through this machine share the limit, and the archive has to reach this machine first.
  const isOneHop = request.oneHop || reason !== undefined;
  const times = isOneHop ? request.count + 1 : 1;
  const bytes = times * facts.template.fingerprint.packed.bytes;
  const hours = bytes / (bytesPerSecond ?? Number.POSITIVE_INFINITY) / 3600;
  const what = isOneHop ? 'copying through this machine' : 'a copy';
  if (hours >= 1)
    notes.push(
      `with --limit-rate of ${bytesPerSecond} bytes a second ${what} takes ${hours.toFixed(1)} hours`,
    );
  return notes;
}
