import { howItEnded } from '../run/remote.js';
import { type ActionOf, type StepContext, StepFailure, type StepOutcome } from '../run/step-handler.js';
import { type KeyPair, newKeyPair } from '../ssh/new-key.js';
import type { Session } from '../ssh/transport.js';
import { ArchiveCache } from './archive-cache.js';
import { Chain } from './chain.js';
import { type Edition, Editions } from './editions.js';
import type { CopyMethod } from './method.js';
import { copyByOneHop } from './one-hop.js';
import { DIGEST_DIFFERS, placeCommand, placeRestCommand } from './place.js';
import { relayTo } from './relay.js';
import { CHAIN_OPENSSH, type Survey, survey } from './survey.js';

const PLACE_TIMEOUT_MS = 600_000;

/**
 * From host to host in a chain, so that the time of all copies is that of one. What cannot be a member of a chain gets the
 * archive by way of this machine.
 */
export class ChainCopy implements CopyMethod {
  readonly #chains = new Map<string, Promise<Chain>>();
  readonly #editions = new Editions();
  readonly #cache: ArchiveCache;
  #keys: Promise<KeyPair> | undefined;

  /** @param spools folder of this machine for archives that pass through it */
  constructor(spools: string) {
    this.#cache = new ArchiveCache(spools);
  }

  async deliver(action: ActionOf<'copy'>, context: StepContext): Promise<StepOutcome> {
    const session = await context.session();
    const found = await survey(session, action.tree, context.signal);
    if (found.hasTree) return { changed: false, message: '' };
    if (action.method === 'one-hop' || found.openssh < CHAIN_OPENSSH) {
      const whole = await this.#editions.editionFor(session, { ...found, occupied: false }, action, context);
      await copyByOneHop(session, { from: action.from, ...whole }, context, this.#cache);
      return {
        changed: true,
        message: action.method === 'one-hop' ? '' : `by one hop: ${whyNoMember(found)}`,
      };
    }
    const edition = await this.#editions.editionFor(session, found, action, context);
    if (edition.common.length > 0 && (await this.#byChain(session, action, edition, context)))
      return { changed: true, message: `${edition.common.length} large files were there already` };
    const whole = await this.#editions.editionFor(session, { ...found, occupied: false }, action, context);
    await this.#byChain(session, action, whole, context);
    return { changed: true, message: '' };
  }

  async close(): Promise<void> {
    const chains = await Promise.allSettled(this.#chains.values());
    await Promise.all(
      chains.map((chain) => (chain.status === 'fulfilled' ? chain.value.close() : undefined)),
    );
    await this.#cache.close();
  }

  /** False when what came together is not the template's tree; then the whole of it has to be sent. */
  async #byChain(
    session: Session,
    action: ActionOf<'copy'>,
    edition: Edition,
    context: StepContext,
  ): Promise<boolean> {
    const { packed, common } = edition;
    const { host, signal } = context;
    const chain = await this.#chain(action, edition, context);
    const onBytes = (bytes: number) => context.progress(bytes, packed.bytes);
    const { spool } = await chain.join({ host, session, onBytes, signal });
    const command = common.length === 0 ? placeCommand : placeRestCommand;
    const stdin = common.map((path) => `.${path}\0`).join('');
    const result = await session.run(command(action.tree, packed, spool, PLACE_TIMEOUT_MS), {
      stdin,
      signal,
    });
    if (result.exitCode === DIGEST_DIFFERS) return false;
    if (result.exitCode !== 0) throw new StepFailure('failed', `unpacking ${howItEnded(result)}`);
    return true;
  }

  #chain(action: ActionOf<'copy'>, edition: Edition, context: StepContext): Promise<Chain> {
    const { digest } = edition.packed;
    const known = this.#chains.get(digest);
    if (known !== undefined) return known;
    const chain = this.#newChain(action, edition, context);
    this.#chains.set(digest, chain);
    return chain;
  }

  async #newChain(
    { from, width, sources, bytesPerSecond }: ActionOf<'copy'>,
    { tree, packed }: Edition,
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

function whyNoMember({ openssh }: Survey): string {
  return openssh === 0 ? 'it has no OpenSSH client' : `its OpenSSH ${openssh} is older than ${CHAIN_OPENSSH}`;
}
