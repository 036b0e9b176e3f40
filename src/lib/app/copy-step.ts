import { CHAIN_OPENSSH } from '../copy/survey.js';
import type { CopyAction, FileTree } from '../plan/action.js';
import type { ScaleRequest } from './scale-request.js';
import type { TemplateFacts } from './template-facts.js';

/** What decides how the template's files get onto the new hosts. */
export interface CopyFacts {
  readonly template: TemplateFacts;
  /** Network of the room that gets the new hosts. */
  readonly network: string;
}

/**
 * A host that is one of two receivers of its feeder gets half of its link, and is half as far down the chain. Below so many
 * bytes for each host of the chain, what a host adds to the way is more than what half a link costs (bench/copy.mjs).
 */
const BRANCH_BELOW_BYTES_PER_HOST = 250_000;

/** The copy of an expansion, the same for each of its hosts. */
export function copyAction(request: ScaleRequest, facts: CopyFacts): CopyAction {
  const { template } = request;
  const tree = treeOf(request, facts.template);
  return {
    kind: 'copy',
    from: template.name,
    tree,
    method: request.oneHop || facts.template.openssh < CHAIN_OPENSSH ? 'one-hop' : 'chain',
    width: tree.packed.bytes < request.count * BRANCH_BELOW_BYTES_PER_HOST ? 2 : 1,
    sources: [template.ssh.address, facts.network],
    ...(request.replace ? { replace: true } : {}),
    ...(request.bytesPerSecond === undefined ? {} : { bytesPerSecond: request.bytesPerSecond }),
  };
}

export function treeOf(
  { app }: Pick<ScaleRequest, 'app'>,
  { excluded, fingerprint }: TemplateFacts,
): FileTree {
  return { paths: app.files, exclude: excluded, ...fingerprint, format: 'pax' };
}

/** What people who look at the plan should know of the copy: that there is no chain, that a limit makes it long. */
export function copyNotes(
  { template, bytesPerSecond }: ScaleRequest,
  { template: { openssh, fingerprint } }: CopyFacts,
): string[] {
  const notes: string[] = [];
  if (openssh < CHAIN_OPENSSH) {
    const has = openssh === 0 ? 'no OpenSSH client' : `OpenSSH ${openssh}`;
    notes.push(
      `the template ${template.name} has ${has}; a copy from host to host needs ${CHAIN_OPENSSH}, so every copy passes through this machine`,
    );
  }
  const hours = fingerprint.packed.bytes / (bytesPerSecond ?? Number.POSITIVE_INFINITY) / 3600;
  if (hours >= 1)
    notes.push(
      `with --limit-rate of ${bytesPerSecond} bytes a second a copy takes ${hours.toFixed(1)} hours`,
    );
  return notes;
}
