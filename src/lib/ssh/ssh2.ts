import { createRequire } from 'node:module';

type Whole = typeof import('ssh2');

/** What a client needs of the library. */
export type Ssh2 = Pick<Whole, 'Client' | 'BaseAgent' | 'createAgent'> & {
  readonly utils: Pick<Whole['utils'], 'parseKey'>;
};

/**
 * Loads the library, once there is a host to connect to. Of its files, as the whole package has an SSH server as well; and by
 * require(), as import() first searches each of its CommonJS files for the names that it exports. Together that is a quarter of
 * the time it takes.
 */
export function loadSsh2(): Ssh2 {
  const require = createRequire(import.meta.url);
  const Client: Whole['Client'] = require('ssh2/lib/client.js');
  const { BaseAgent, createAgent }: Whole = require('ssh2/lib/agent.js');
  const { parseKey }: Whole['utils'] = require('ssh2/lib/protocol/keyParser.js');
  return { Client, BaseAgent, createAgent, utils: { parseKey } };
}
