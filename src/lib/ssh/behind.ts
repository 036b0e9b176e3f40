import type { Connections, ReadConnections, ReadSession, Session } from './transport.js';

const sessions = new WeakMap<ReadSession, Session>();
const connections = new WeakMap<ReadConnections, Connections>();

/** Remembers which session a read-only session uses. */
export function sessionGoesBy(reading: ReadSession, session: Session): void {
  sessions.set(reading, session);
}

/** The same for connections. */
export function connectionsGoBy(reading: ReadConnections, whole: Connections): void {
  connections.set(reading, whole);
}

/**
 * The session behind a read-only session. Only for the questions of channel/, which open a byte stream and control every
 * byte that they send; test/unit/folder-order.test.ts makes sure that no other file imports this.
 */
export function sessionBehind(session: ReadSession): Session {
  // A session that is not in the map was not made read-only: it is itself the full session.
  return sessions.get(session) ?? (session as Session);
}

/** The connections behind read-only connections, or the connections themselves. */
export function connectionsBehind(reading: ReadConnections): ReadConnections {
  return connections.get(reading) ?? reading;
}
