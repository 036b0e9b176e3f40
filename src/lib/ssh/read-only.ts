import { connectionsGoBy, sessionGoesBy } from './behind.js';
import type { Connections, ReadConnections, ReadSession, Session } from './transport.js';

const reading = new WeakMap<Session, ReadSession>();

/** The same connections, with sessions that only read: not even a cast can get a writing session from them. */
export function readOnly(connections: Connections): ReadConnections {
  const made: ReadConnections = {
    session: async (host, signal) => readOnlySession(await connections.session(host, signal)),
    hangUp: (host) => connections.hangUp(host),
    close: () => connections.close(),
  };
  connectionsGoBy(made, connections);
  return made;
}

/** The same session, read-only: one for each session. */
export function readOnlySession(session: Session): ReadSession {
  const known = reading.get(session);
  if (known !== undefined) return known;
  const made: ReadSession = {
    host: session.host,
    hostKey: session.hostKey,
    get loginNoise() {
      return session.loginNoise;
    },
    run: async (command, io = {}) => {
      // The compiler checks both; this check covers commands that were cast, or came from a file.
      if (command.effect !== 'read' || 'stdin' in io)
        throw new Error(`${session.host}: what is no read would be run by a session that only reads`);
      return await session.run(command, io);
    },
    opensAnother: (signal) => session.opensAnother(signal),
  };
  reading.set(session, made);
  sessionGoesBy(made, session);
  return made;
}
