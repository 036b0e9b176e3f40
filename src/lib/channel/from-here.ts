import { Resolver } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';

/** Questions that leave from this machine, as those of users do: to what is published, and to no host of a room. */

/** @throws an Error with the `code` of the fault, such as ECONNREFUSED; ETIMEDOUT also when nothing was said in time */
export async function connectFromHere(address: string, port: number, timeoutMs: number): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const timer = setTimeout(() => {
      const words = `no connection to ${address} within ${timeoutMs / 1000} s`;
      socket.destroy(Object.assign(new Error(words), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/** What a resolver tells users, and for how long it will go on telling it. */
export interface ResolverAnswer {
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

/** What a resolver says when a name has no address. */
const NONE: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND']);

/** Why a resolver tells nothing about a name; any other code stands for itself. */
const WHY: Readonly<Record<string, string>> = {
  ETIMEOUT: 'no answer',
  ECONNREFUSED: 'no resolver listens there',
  EREFUSED: 'it refuses to answer this machine',
  ESERVFAIL: 'it could not find out (SERVFAIL)',
};

/** @throws an Error when the resolver gives no answer, or none about this name */
export async function askResolver(
  resolver: string,
  name: string,
  timeoutMs: number,
): Promise<ResolverAnswer> {
  const asked = new Resolver({ timeout: timeoutMs, tries: 2 });
  asked.setServers([resolver]);
  const found = await Promise.all([
    asked.resolve4(name, { ttl: true }).catch(noAddress),
    asked.resolve6(name, { ttl: true }).catch(noAddress),
  ]);
  const records = found.flat();
  return {
    addresses: records.map(({ address }) => address),
    ttlSeconds: Math.max(0, ...records.map(({ ttl }) => ttl)),
  };
}

function noAddress(error: { readonly code?: string }): never[] {
  const { code = '' } = error;
  if (NONE.has(code)) return [];
  throw new Error(WHY[code] ?? code, { cause: error });
}
