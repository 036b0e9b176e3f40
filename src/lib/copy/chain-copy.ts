import type { PackedArchive } from '../plan/plan.js';
import { howItEnded } from '../run/remote.js';
import { type ActionOf, type StepContext, StepFailure, type StepOutcome } from '../run/step-handler.js';
import { type KeyPair, newKeyPair } from '../ssh/new-key.js';
import type { Session } from '../ssh/transport.js';
import { howTarEnded, parseWeighed, weighCommand } from './archive.js';
import { ArchiveCache, movedTemplate } from './archive-cache.js';
import { Chain } from './chain.js';
import type { CopyMethod } from './method.js';
import { copyByOneHop } from './one-hop.js';
import { placeCommand } from './place.js';
import { relayTo } from './relay.js';
import { CHAIN_OPENSSH, type Survey, survey } from './survey.js';

const WEIGH_TIMEOUT_MS = 300_000;
const PLACE_TIMEOUT_MS = 600_000;

/**
 * From host to host in a chain, so that the time of all copies is that of one. What cannot be a member of a chain gets the
 * archive by way of this machine.
 */
export class ChainCopy implements CopyMethod {
  readonly #chains = new Map<string, Promise<Chain>>();
  readonly #cache = new ArchiveCache();
  #keys: Promise<KeyPair> | undefined;

  async deliver(action: ActionOf<'copy'>, context: StepContext): Promise<StepOutcome> {
    const { from, tree } = action;
    const session = await context.session();
    const found = await survey(session, tree, context.signal);
    if (found.hasTree) return { changed: false, message: '' };
    const packed = await this.#packedFor(found, action, context);
    if (action.method === 'one-hop' || found.openssh < CHAIN_OPENSSH) {
      await copyByOneHop(session, { from, tree, packed }, context, this.#cache);
      return {
        changed: true,
        message: action.method === 'one-hop' ? '' : `by one hop: ${whyNoMember(found)}`,
      };
    }
    const chain = await this.#chain(action, packed, context);
    const { host, signal } = context;
    const onBytes = (bytes: number) => context.progress(bytes, packed.bytes);
    const member = await chain.join({ host, session, onBytes, signal });
    const place = placeCommand(tree, packed, member.spool, PLACE_TIMEOUT_MS);
    const result = await session.run(place, { signal });
    if (result.exitCode !== 0) throw new StepFailure('failed', `unpacking ${howItEnded(result)}`);
    return { changed: true, message: '' };
  }

  async close(): Promise<void> {
    const chains = await Promise.allSettled(this.#chains.values());
    await Promise.all(
      chains.map((chain) => (chain.status === 'fulfilled' ? chain.value.close() : undefined)),
    );
    await this.#cache.close();
  }

  /** The archive of the plan, or one that the host can unpack. */
  async #packedFor(
    { hasZstd }: Survey,
    { from, tree }: ActionOf<'copy'>,
    context: StepContext,
  ): Promise<PackedArchive> {
    if (hasZstd || tree.packed.codec === 'gzip') return tree.packed;
    return await weighOn(await context.sessionOf(from), { from, tree }, context);
  }

  #chain(action: ActionOf<'copy'>, packed: PackedArchive, context: StepContext): Promise<Chain> {
    const known = this.#chains.get(packed.digest);
    if (known !== undefined) return known;
    const chain = this.#newChain(action, packed, context);
    this.#chains.set(packed.digest, chain);
    return chain;
  }

  async #newChain(
    { from, tree, width, sources, bytesPerSecond }: ActionOf<'copy'>,
    packed: PackedArchive,
    context: StepContext,
  ): Promise<Chain> {
    this.#keys ??= newKeyPair();
    return new Chain({
      operation: context.operation,
      keys: await this.#keys,
      packed,
      sources,
      bytesPerSecond,
      tree,
      width,
      templateName: from,
      template: async () => ({ host: context.hostOf(from), session: await context.sessionOf(from) }),
      relay: async (member, signal) =>
        relayTo(member, await this.#cache.file(() => context.sessionOf(from), tree, packed, signal), signal),
    });
  }
}

async function weighOn(
  session: Session,
  { from, tree }: Pick<ActionOf<'copy'>, 'from' | 'tree'>,
  { signal }: StepContext,
): Promise<PackedArchive> {
  const result = await session.run(weighCommand(tree, 'gzip', WEIGH_TIMEOUT_MS), { signal });
  if (result.exitCode !== 0)
    throw new StepFailure('failed', `packing on ${from} ${howTarEnded(result)}`, from);
  const weighed = parseWeighed(result.stdout, result.stderr);
  if (weighed?.digest !== tree.digest) throw movedTemplate(from);
  return weighed.packed;
}

function whyNoMember({ openssh }: Survey): string {
  return openssh === 0 ? 'it has no OpenSSH client' : `its OpenSSH ${openssh} is older than ${CHAIN_OPENSSH}`;
}
