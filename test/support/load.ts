import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** What users saw: how many answers were as they should be, by host, and what was wrong with each other one. */
export interface Load {
  readonly answers: number;
  readonly hosts: ReadonlyMap<string, number>;
  readonly failures: readonly string[];
}

interface Question {
  readonly path: string;
  readonly method?: 'POST';
  readonly wanted: number;
}

const LOOK: Question = { path: '/whoami', wanted: 200 };
const WAIT: Question = { path: '/slow?ms=1000', wanted: 200 };
const BUY: Question = { path: '/buy', method: 'POST', wanted: 201 };

/** Users think between two questions: the machine has other work, too. */
const THINKING_MS = 200;

/** Users, each with one connection that it keeps or a new one for every question, and what they ask over and over. */
const USERS: readonly (readonly [question: Question, keepAlive: boolean, count: number])[] = [
  [LOOK, true, 6],
  [LOOK, false, 6],
  [WAIT, true, 4],
  [WAIT, false, 4],
  [BUY, true, 2],
  [BUY, false, 2],
];

/** Puts users to work at an entry such as `http://203.0.113.102` until the returned function is called. */
export function putUnderLoad(entry: string): () => Promise<Load> {
  const hosts = new Map<string, number>();
  const failures: string[] = [];
  let answers = 0;
  let stopped = false;
  const use = async (question: Question, keepAlive: boolean) => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (!stopped) {
      try {
        const host = await ask(entry, question, agent);
        answers++;
        hosts.set(host, (hosts.get(host) ?? 0) + 1);
      } catch (error) {
        failures.push(`${new Date().toISOString()} ${question.path}: ${(error as Error).message}`);
      }
      await sleep(THINKING_MS);
    }
    agent.destroy();
  };
  const users = USERS.flatMap(([question, keepAlive, count]) =>
    Array.from({ length: count }, () => use(question, keepAlive)),
  );
  return async () => {
    stopped = true;
    await Promise.all(users);
    return { answers, hosts, failures };
  };
}

/** @returns the host that answered; throws for anything but the whole answer that is wanted */
async function ask(entry: string, { path, method, wanted }: Question, agent: Agent): Promise<string> {
  return await new Promise((resolve, reject) => {
    const asked = request(
      `${entry}${path}`,
      { agent, method: method ?? 'GET', timeout: 20_000 },
      (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode !== wanted) return reject(new Error(`HTTP ${response.statusCode}`));
          const { host } = JSON.parse(body) as { host?: string };
          if (host === undefined) return reject(new Error(`no host in ${body}`));
          resolve(host);
        });
      },
    );
    asked.on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error('no answer within 20 s')));
    asked.end(method === 'POST' ? '{"item": "tea"}' : undefined);
  });
}
