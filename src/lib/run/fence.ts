import type { Connections, Session } from '../ssh/transport.js';

/**
 * The same connections; they send nothing to a host once `require` throws. Every command of a step to a host passes here. So a
 * process that was stopped in the middle of a step and goes on later does nothing more.
 */
export function fenced(connections: Connections, require: () => void): Connections {
  const known = new WeakMap<Session, Session>();
  return {
    session: async (host, signal) => {
      require();
      const session = await connections.session(host, signal);
      const behind = known.get(session) ?? fencedSession(session, require);
      known.set(session, behind);
      return behind;
    },
    hangUp: (host) => connections.hangUp(host),
    close: () => connections.close(),
  };
}

function fencedSession(session: Session, require: () => void): Session {
  const passed = async <T>(go: () => Promise<T>): Promise<T> => {
    require();
    return await go();
  };
  return {
    host: session.host,
    hostKey: session.hostKey,
    get loginNoise() {
      return session.loginNoise;
    },
    run: (command, io) => passed(() => session.run(command, io)),
    opensAnother: (signal) => passed(() => session.opensAnother(signal)),
    connectUnix: (path, timeoutMs, signal) => passed(() => session.connectUnix(path, timeoutMs, signal)),
    connectTcp: (address, port, timeoutMs, signal) =>
      passed(() => session.connectTcp(address, port, timeoutMs, signal)),
  };
}
