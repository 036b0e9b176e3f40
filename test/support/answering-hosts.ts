import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Duplex } from 'node:stream';
import type { Host } from '../../src/lib/names/host.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import type { CommandResult, Connections, Session } from '../../src/lib/ssh/transport.js';
import { spoken } from './told-host.js';

/** What a host was sent: a script by its name, a line to the balancer's socket, or `health`. */
export interface Sent {
  readonly what: string;
  readonly effect: RemoteCommand['effect'] | 'asked';
}

const HEAD =
  '1\n# be_name srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_check_result srv_check_health srv_check_state srv_port srv_use_ssl\n';
const STAT = 'svname,scur,qcur,stot,slim,status,cookie';

/**
 * Hosts on which all is well, for plans that are made from what they say: a shop that runs, spares with room for it, and
 * balancers that send requests to those that are told.
 */
export class AnsweringHosts {
  readonly sent: Sent[] = [];
  /** Name and address of who is in traffic, by the balancer. */
  readonly #behind: Readonly<Record<string, readonly (readonly [name: string, address: string])[]>>;
  readonly #server: Server = createServer((_request, response) => response.writeHead(200).end());

  constructor(behind: AnsweringHosts['behind']) {
    this.#behind = behind;
  }

  get behind() {
    return this.#behind;
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
  }

  readonly connections: Connections = {
    session: async ({ name }: Host) => this.#session(name),
    hangUp: () => undefined,
    close: async () => void this.#server.close(),
  };

  #session(host: string): Session {
    return {
      host,
      hostKey: 'ssh-ed25519 AAAA',
      loginNoise: '',
      opensAnother: async () => true,
      run: async (command, io = {}) => {
        const [what = ''] = spoken(command).split(' ');
        this.sent.push({ what, effect: command.effect });
        const said = { stdout: '', stderr: '', ...answerTo(what, command.words.slice(4).map(String)) };
        const result: CommandResult = { exitCode: 0, signal: null, truncated: false, elapsedMs: 1, ...said };
        if (io.onStdout === undefined) return result;
        await io.onStdout(Buffer.from(said.stdout));
        return { ...result, stdout: '' };
      },
      connectUnix: async () => this.#socket(host),
      connectTcp: async () => {
        this.sent.push({ what: 'health', effect: 'asked' });
        return connect((this.#server.address() as AddressInfo).port, '127.0.0.1');
      },
    };
  }

  #socket(balancer: string): Duplex {
    const { sent } = this;
    const rows = this.#behind[balancer] ?? [];
    return new Duplex({
      read: () => undefined,
      write(chunk, _encoding, done) {
        const what = `${chunk}`.trim();
        sent.push({ what, effect: 'asked' });
        this.push(balancerSays(what, rows));
        this.push(null);
        done();
      },
    });
  }
}

function balancerSays(what: string, rows: readonly (readonly [string, string])[]): string {
  if (what.startsWith('show servers state'))
    return `${HEAD}${rows.map(([name, address]) => `shop ${name} ${address} 2 0 1 3 3 6 8080 0\n`).join('')}\n`;
  if (what.startsWith('show stat'))
    return `# ${STAT}\n${rows.map(([name]) => `${name},0,0,10,,UP,\n`).join('')}\n`;
  if (what === 'show info') return 'Pid: 7\nUptime_sec: 100000\n\n';
  return what === 'show cli level' ? 'admin\n\n' : 'Unknown command.\n\n';
}

const UNIT =
  'LoadState=loaded\nActiveState=active\nInvocationID=a1\nResult=success\nNRestarts=0\nType=simple\n';
const FILE =
  'login=root:root\nsystemd=252\nkind=file\nmode=640\nowner=root:root\nversion=1:1.0\ntext=QT1vbGQK\n';
const OLDER =
  'previous.kind=file\nprevious.mode=640\nprevious.owner=root:root\nprevious.version=2:1.0\nprevious.text=QT1vbGRlcgo=\n';

/** @param words those of the script */
function answerTo(script: string, words: readonly string[]): Partial<CommandResult> {
  switch (script) {
    case 'copy/template':
      return { stdout: 'load loaded\0state enabled\0bytes 1000\0wanted multi-user.target.wants\0' };
    case 'copy/weigh':
      return {
        stdout: `codec gzip\ncontent ${'a'.repeat(64)}\npacked ${'b'.repeat(128)}\nsize 1000\n`,
        stderr: 'Total bytes written: 10240 (10KiB, 1MiB/s)\n',
      };
    case 'host/facts':
      return { stdout: factsFor(words) };
    case 'copy/obstacles':
      // Nothing is in the way but what `--replace` would take away.
      return { stdout: words.includes('replace') ? '' : 'other /opt/shop was not brought by kuafu\n' };
    case 'systemctl':
      return { stdout: UNIT };
    case 'env/read':
      return { stdout: `${FILE}${words.length > 3 ? OLDER : ''}` };
    case 'balancer/configuration':
      return { stdout: 'backend shop\n  server web-b-01 198.18.2.11:8080 check\n' };
    case 'date':
      return { stdout: `${Date.now()}000000\n` };
    default:
      return {};
  }
}

/** All that is asked for is there. */
function factsFor(words: readonly string[]): string {
  const lines = words.flatMap((word) => {
    if (word === 'clock') return [`clock=${Date.now()}000000`];
    const [, key, value = ''] = /^(disk|tool)=(.*)$/.exec(word) ?? [];
    return key === 'disk' ? [`disk=999999999 1024 ${value}`] : key === 'tool' ? [`tool=${value}`] : [];
  });
  return ['arch=x86_64', 'os=debian', 'openssh=OpenSSH_9.2p1', ...lines, ''].join('\n');
}
