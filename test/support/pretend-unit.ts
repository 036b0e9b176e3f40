import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import type { CommandResult, Session } from '../../src/lib/ssh/transport.js';

// As systemctl(1), for one unit: `config` says how a run that begins now is: good, sick (503), or dies right away; `ends` right
// away without a failure, while something else has its port, and `starter` has started what answers there.
const SYSTEMCTL = `#!/bin/sh
cd "$ROOT"
begin() {
  echo $(($(cat runs) + 1)) >runs
  cp config run
  case $(cat config) in dies) echo failed ;; ends | starter) echo inactive ;; *) echo active ;; esac >state
}
case $1 in
is-active) cat state; [ "$(cat state)" = active ] ;;
start) [ "$(cat state)" = active ] || begin ;;
restart) begin ;;
stop) echo inactive >state ;;
show) case "$*" in
  *--value*) cat runs ;;
  *Type*) [ "$(cat run)" = starter ] && echo Type=oneshot || echo Type=simple ;;
  esac
  case "$*" in
  *--value*) ;;
  *) printf 'LoadState=loaded\\nActiveState=%s\\nInvocationID=%s\\nResult=exit-code\\nNRestarts=0\\n' "$(cat state)" "$(cat runs)" ;;
  esac ;;
esac`;

/** A host with one unit that answers at `url`, and a shell that runs what a host would run. */
export class PretendUnit {
  readonly #root = mkdtempSync(join(tmpdir(), 'kuafu-unit-'));
  readonly #server: Server;

  private constructor() {
    mkdirSync(join(this.#root, 'bin'));
    writeFileSync(join(this.#root, 'bin', 'systemctl'), SYSTEMCTL, { mode: 0o755 });
    writeFileSync(join(this.#root, 'bin', 'journalctl'), '#!/bin/sh\n', { mode: 0o755 });
    for (const [name, text] of Object.entries({ state: 'active', runs: '1', run: 'good', config: 'good' }))
      writeFileSync(join(this.#root, name), `${text}\n`);
    this.#server = createServer((_, response) => {
      const run = this.#file('run');
      const isGood =
        run === 'ends' || run === 'starter' || (this.#file('state') === 'active' && run === 'good');
      response.writeHead(isGood ? 200 : 503).end();
    });
  }

  static async open(): Promise<PretendUnit> {
    const unit = new PretendUnit();
    await new Promise<void>((resolve) => unit.#server.listen(0, '127.0.0.1', resolve));
    return unit;
  }

  /** How a run is that begins from now on. */
  set config(how: 'good' | 'sick' | 'dies' | 'ends' | 'starter') {
    writeFileSync(join(this.#root, 'config'), `${how}\n`);
  }

  /** The run that there is becomes so. */
  set run(how: 'good' | 'sick') {
    writeFileSync(join(this.#root, 'run'), `${how}\n`);
  }

  get state(): string {
    return this.#file('state');
  }

  /** How many runs there were. */
  get runs(): number {
    return Number(this.#file('runs'));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  get session(): Session {
    return {
      host: 'b1',
      hostKey: '',
      loginNoise: '',
      run: async (command) => await this.#run(command),
      opensAnother: async () => true,
      connectUnix: () => Promise.reject(new Error('there is no socket')),
      connectTcp: async (address, port) => connect(port, address),
    };
  }

  /** What a person types on the host. */
  async type(line: string): Promise<void> {
    await this.#run({ words: ['sh', '-c', line], effect: 'write', timeoutMs: 1000 });
  }

  close(): void {
    this.#server.close();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #file(name: string): string {
    return readFileSync(join(this.#root, name), 'utf8').trim();
  }

  async #run({ words }: RemoteCommand): Promise<CommandResult> {
    const env = { ...process.env, ROOT: this.#root, PATH: `${join(this.#root, 'bin')}:${process.env.PATH}` };
    const [program = '', ...args] = words.map((word) => (typeof word === 'string' ? word : word.raw));
    const child = spawn(program, args, { env });
    const text = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      text.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      text.stderr += chunk;
    });
    const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { exitCode, signal: null, ...text, truncated: false, elapsedMs: 0 };
  }
}
