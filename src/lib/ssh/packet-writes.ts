import type { Socket } from 'node:net';

/**
 * Sends what is written to a connected socket in one turn of the event loop in one system call. ssh2 writes a packet in three
 * parts (length, payload, authentication tag), which without TCP's delay are three segments that wake the host's sshd three
 * times. Socket.connect() puts its own write() back, so this is for a socket that is connected.
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
