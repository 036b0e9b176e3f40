import { howItEnded } from '../run/remote.js';
import type { StepContext, StepFailure, StepOutcome } from '../run/step-handler.js';
import { type KeyPair, newKeyPair } from '../ssh/openssh-key.js';
import type { CommandResult, Session } from '../ssh/transport.js';
import type { CopyAction } from './actions.js';
import { readLimitMs } from './archive.js';
import { ArchiveCache } from './archive-cache.js';
import { Chain, type Delivered } from './chain.js';
import { type Edition, Editions } from './editions.js';
import { NoMember } from './faults.js';
import type { CopyMethod } from './method.js';
import { type ByThisMachine, copyByOneHop } from './one-hop.js';
import { DIGEST_DIFFERS, placeCommand, refusalOf } from './place.js';
import { PlaceFaults } from './place-faults.js';
import { RateLimit } from './rate-limit.js';
import { relayTo } from './relay.js';
import { CHAIN_OPENSSH, type Survey, survey } from './survey.js';

/**
 * Copies from host to host in a chain, so that all copies together take the time of one. A host that cannot be a member of a
 * chain gets the archive through this machine.
 */
export class ChainCopy implements CopyMethod {
  readonly #chains = new Map<string, Promise<Chain>>();
  readonly #editions = new Editions();
  readonly #cache: ArchiveCache;
  #keys: Promise<KeyPair> | undefined;
  #places: PlaceFaults | undefined;
  #limit: RateLimit | undefined;

  /** @param spools folder of this machine for archives that pass through it */
  constructor(spools: string) {
    this.#cache = new ArchiveCache(spools);
  }

  async deliver(action: CopyAction, context: StepContext): Promise<StepOutcome> {
    return await this.#placing(action).during(() => this.#deliver(action, context));
  }

  async #deliver(action: CopyAction, context: StepContext): Promise<StepOutcome> {
    const session = await context.session();
    const found = await survey(session, action.tree, context.signal);
    if (found.hasTree) return { changed: false, message: '' };
    if (action.method === 'one-hop') return await this.#byOneHop(session, found, action, context, '');
    if (found.openssh < CHAIN_OPENSSH)
      return await this.#byOneHop(session, found, action, context, whyNoMember(found));
    try {
      return await this.#byChains(session, found, action, context);
    } catch (error) {
      if (!(error instanceof NoMember)) throw error;
      return await this.#byOneHop(session, found, action, context, error.message);
    }
  }

  async close(): Promise<void> {
    const chains = await Promise.allSettled(this.#chains.values());
    await Promise.all(
      chains.map((chain) => (chain.status === 'fulfilled' ? chain.value.close() : undefined)),
    );
    await this.#cache.close();
  }

  async #byOneHop(
    session: Session,
    found: Survey,
    action: CopyAction,
    context: StepContext,
    why: string,
  ): Promise<StepOutcome> {
    const whole = await this.#editions.editionFor(session, { ...found, occupied: false }, action, context);
    const faultOf = (result: CommandResult, spool: string) => this.#faultOf(action, result, spool, context);
    await copyByOneHop(session, action, whole, context, this.#byThisMachine(action.bytesPerSecond), faultOf);
    this.#placing(action).succeeded();
    return { changed: true, message: why === '' ? '' : `by one hop: ${why}` };
  }

  /**
   * First through the chain of hosts that lack the same files. If the result is not the tree, through the chain for the whole
   * archive.
   */
  async #byChains(
    session: Session,
    found: Survey,
    action: CopyAction,
    context: StepContext,
  ): Promise<StepOutcome> {
    const edition = await this.#editions.editionFor(session, found, action, context);
    const { length } = edition.common;
    if (length > 0) {
      const part = await this.#byChain(session, action, edition, context);
      if (part !== undefined) return outcomeOf(part, `${length} large files were there already`);
    }
    const whole = await this.#editions.editionFor(session, { ...found, occupied: false }, action, context);
    const end = await this.#byChain(session, action, whole, context);
    return outcomeOf(end, '');
  }

  /** Undefined if the result is not the template's tree; then the whole tree has to be sent. */
  async #byChain(
    session: Session,
    action: CopyAction,
    edition: Edition,
    context: StepContext,
  ): Promise<Delivered | undefined> {
    const { packed, common } = edition;
    const { host, signal } = context;
    const chain = await this.#chain(action, edition, context);
    const onBytes = (bytes: number) => context.progress(bytes, packed.bytes);
    const delivered = await chain.join({ host, session, onBytes, signal });
    const { spool } = delivered.member;
    const stdin = common.map((path) => `.${path}\0`).join('');
    const timeoutMs = readLimitMs(action.tree.bytes);
    const command = placeCommand({ ...action, packed }, spool, common.length > 0, timeoutMs);
    const result = await session.run(command, { stdin, signal });
    if (result.exitCode === DIGEST_DIFFERS) return undefined;
    if (result.exitCode === 0) {
      this.#placing(action).succeeded();
      return delivered;
    }
    throw await this.#faultOf(action, result, spool, context);
  }

  async #faultOf(
    action: CopyAction,
    result: CommandResult,
    spool: string,
    { host, ledger, operation }: StepContext,
  ): Promise<StepFailure> {
    const refusal = refusalOf(result);
    if (refusal !== undefined) return refusal;
    // The spool's name differs on each host. Without it, equal errors of two hosts have equal words.
    const words = `unpacking ${howItEnded(result).replaceAll(spool, 'SPOOL')}`;
    return await this.#placing(action).faultOf(host.name, words, (blamed) =>
      ledger.release(operation, blamed),
    );
  }

  #byThisMachine(bytesPerSecond: number | undefined): ByThisMachine {
    this.#limit ??= new RateLimit(bytesPerSecond);
    return { cache: this.#cache, limit: this.#limit };
  }

  #placing({ from }: CopyAction): PlaceFaults {
    this.#places ??= new PlaceFaults(from);
    return this.#places;
  }

  #chain(action: CopyAction, edition: Edition, context: StepContext): Promise<Chain> {
    const { digest } = edition.packed;
    const known = this.#chains.get(digest);
    if (known !== undefined) return known;
    const chain = this.#newChain(action, edition, context);
    this.#chains.set(digest, chain);
    return chain;
  }

  async #newChain(
    { from, width, sources, bytesPerSecond }: CopyAction,
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
      relay: async (member, signal) => {
        const template = () => context.sessionOf(from);
        const { cache, limit } = this.#byThisMachine(bytesPerSecond);
        await relayTo(
          member,
          await cache.file(template, { tree, packed }, bytesPerSecond, signal),
          limit,
          signal,
        );
      },
    });
  }
}

function outcomeOf(delivered: Delivered | undefined, message: string): StepOutcome {
  const way = delivered?.relayed ? 'by way of this machine: no other host can give it the archive' : '';
  return { changed: true, message: [way, message].filter(Boolean).join('; ') };
}

function whyNoMember({ openssh }: Survey): string {
  return openssh === 0 ? 'it has no OpenSSH client' : `its OpenSSH ${openssh} is older than ${CHAIN_OPENSSH}`;
}
