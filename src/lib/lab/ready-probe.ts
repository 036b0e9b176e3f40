import { get } from 'node:http';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * A separate program in the network namespace of the control host: it asks, like an operator's tools, until there is an
 * answer. Requests come on standard input, one JSON document a line; the id of each answered request goes to standard output.
 */
export interface ProbeRequest {
  readonly id: string;
  /** ssh: the port greets as an SSH server. http: the URL gives 200. */
  readonly kind: 'ssh' | 'http';
  /** address:port, or the URL. */
  readonly target: string;
}

const PAUSE_MS = 150;
const ATTEMPT_MS = 2000;

for await (const line of createInterface({ input: process.stdin }))
  void ask(JSON.parse(line) as ProbeRequest);
process.exit(0);

async function ask({ id, kind, target }: ProbeRequest): Promise<void> {
  while (!(await (kind === 'ssh' ? greets(target) : isHealthy(target)))) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  process.stdout.write(`${id}\n`);
}

function greets(target: string): Promise<boolean> {
  const [host = '', port = ''] = target.split(':');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: ATTEMPT_MS });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('data', (data) => end(data.toString('latin1').startsWith('SSH-2.0-')));
    for (const event of ['timeout', 'error', 'close']) socket.once(event, () => end(false));
  });
}

function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: ATTEMPT_MS, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
