import type { LabRoom } from './lab-room.js';

const FOLDER = '/root/own-haproxy';

/** Where users come in, and where its runtime API is, on every host that runs one. */
export const OWN_PORT = 8081;
export const OWN_SOCKET = `${FOLDER}/admin.sock`;

/** An HAProxy of a test's own beside that of the lab, on any host of it: with a configuration as others have it. */
export class OwnHaproxy {
  readonly #room: LabRoom;
  readonly #host: string;

  constructor(room: LabRoom, host = 'lb-b') {
    this.#room = room;
    this.#host = host;
  }

  /** Starts it with the lines of its backend `shop`; more sections go behind. */
  async start(
    backend: readonly string[],
    { more = [], level = 'admin' }: { more?: readonly string[]; level?: 'admin' | 'operator' | 'user' } = {},
  ): Promise<void> {
    await this.#write(backend, more, level);
    await this.#run(`haproxy -W -D -f ${FOLDER}/own.cfg -p ${FOLDER}/pid && sleep 2`);
  }

  async reload(): Promise<void> {
    await this.#run(`kill -USR2 $(cat ${FOLDER}/pid)`);
  }

  async stop(): Promise<void> {
    await this.#run(
      `for pid in $(pgrep -f 'haproxy .*${FOLDER}/own.cfg'); do kill -KILL $pid 2>/dev/null || true; done; rm -rf ${FOLDER}`,
    );
  }

  /** One command of the runtime API. */
  async ask(command: string): Promise<string> {
    return await this.#run(`printf '%s\\n' '${command}' | nc -N -U ${OWN_SOCKET}`);
  }

  /** Servers by their names: address, and whether they get requests. */
  async servers(): Promise<Record<string, { address: string; weight: string; admin: string; up: boolean }>> {
    const rows = (await this.ask('show servers state shop')).split('\n').map((line) => line.split(' '));
    return Object.fromEntries(
      rows
        .filter((row) => row[1] === 'shop')
        .map((row) => [
          row[3],
          { address: row[4], weight: row[7], admin: row[6], up: row[5] === '2' && Number(row[6]) % 4 === 0 },
        ]),
    );
  }

  async #write(backend: readonly string[], more: readonly string[], level: string): Promise<void> {
    // Without idle-close-on-response a reload by itself cuts requests: those that users send on connections that it is just
    // closing because they were idle (Configuration Manual, 4.2).
    const config = `global
  stats socket ${OWN_SOCKET} mode 600 level ${level} expose-fd listeners
  stats timeout 30s
defaults
  mode http
  option idle-close-on-response
  timeout connect 2s
  timeout client 30s
  timeout server 30s
frontend users
  bind :${OWN_PORT}
  default_backend shop
backend shop
${backend.map((line) => `  ${line}`).join('\n')}
${more.join('\n')}
`;
    await this.#run(
      `mkdir -p ${FOLDER} && cat > ${FOLDER}/own.cfg <<'CFG'\n${config}CFG\nhaproxy -c -q -f ${FOLDER}/own.cfg`,
    );
  }

  async #run(script: string): Promise<string> {
    return await this.#room.inHost(this.#host, script);
  }
}
