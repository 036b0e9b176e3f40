import type { Connections, ReadConnections, ReadSession, Session } from './transport.js';

const sessions = new WeakMap<ReadSession, Session>();
const connections = new WeakMap<ReadConnections, Connections>();

/** Remembers what a session that only reads goes by. */
export function sessionGoesBy(reading: ReadSession, session: Session): void {
  sessions.set(reading, session);
}

/** The same of connections. */
export function connectionsGoBy(reading: ReadConnections, whole: Connections): void {
  connections.set(reading, whole);
}

/**
 * The session behind one that only reads. For the questions of channel/ alone, which open a byte stream and know all that they
 * send by it; test/unit/folder-order.test.ts holds that nobody else imports this.
 */
export function sessionBehind(session: ReadSession): Session {
  // One that is not known here was made by nobody to read alone: it is whole.
  return sessions.get(session) ?? (session as Session);
}

/** The connections behind those that only read, or these themselves. */
export function connectionsBehind(reading: ReadConnections): ReadConnections {
  return connections.get(reading) ?? reading;
}
