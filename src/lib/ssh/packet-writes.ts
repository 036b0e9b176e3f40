import type { Socket } from 'node:net';

/**
 * Sends everything that is written to a connected socket in one turn of the event loop with one system call. ssh2 writes a
 * packet in three parts (length, payload, authentication tag). Without TCP's delay these are three segments, which wake the
 * host's sshd three times. Socket.connect() restores its own write(), so call this only on a connected socket.
 */
export function sendPacketsWhole(socket: Socket): void {
  const write = socket.write;
  let isHeld = false;
  socket.write = (...args: unknown[]): boolean => {
    if (!isHeld) {
      isHeld = true;
      socket.cork();
      process.nextTick(() => {
        isHeld = false;
        socket.uncork();
      });
    }
    return Reflect.apply(write, socket, args);
  };
}
