import { type Generation, generationText } from '../../../guard/generation.js';
import type { HeldClient } from './held-client.js';

interface Held {
  readonly as: string;
  readonly client: HeldClient;
}

/**
 * The open clients of an operation, by host. Each has the lock of its server's generation for as long as it is open: a claim by
 * anybody ends it. So it has to be ended here before this operation claims or lets go of the server by another command.
 */
export class HeldClients {
  readonly #held = new Map<string, Held>();

  /** Undefined: none is open. */
  of(host: string): HeldClient | undefined {
    const held = this.#held.get(host);
    return held?.client.isOpen ? held.client : undefined;
  }

  /** The client of this generation; one that was lost, or is of an older generation, is opened anew. */
  async hold(host: string, as: Generation, open: () => Promise<HeldClient>): Promise<HeldClient> {
    const held = this.#held.get(host);
    if (held?.as === generationText(as) && held.client.isOpen) return held.client;
    await this.end(host);
    const client = await open();
    this.#held.set(host, { as: generationText(as), client });
    return client;
  }

  async end(host: string): Promise<void> {
    const held = this.#held.get(host);
    this.#held.delete(host);
    await held?.client.end();
  }
}
