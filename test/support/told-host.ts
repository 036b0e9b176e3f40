import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hostScript } from '../../src/host-script.js';
import { Secrets } from '../../src/lib/masking/secret.js';
import type { StepContext } from '../../src/lib/run/step-handler.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import { renderCommand } from '../../src/lib/shell/quote.js';
import type { CommandIo, CommandResult, Session } from '../../src/lib/ssh/transport.js';

const TEMPLATES = fileURLToPath(new URL('../../templates', import.meta.url));

const names = new Map(
  readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sh'))
    .map((file) => file.slice(0, -'.sh'.length))
    .map((name) => [hostScript(name), name]),
);

/** A command as a person reads it: a script by its name, `copy/pack gzip 0 0 ./opt/shop`. */
export function spoken({ words }: Pick<RemoteCommand, 'words'>): string {
  const [program, , script, , ...args] = words;
  const name = program === 'sh' && typeof script === 'string' ? names.get(script) : undefined;
  return renderCommand(name === undefined ? words : [name, ...args]);
}

/** A host that says yes to everything, and remembers what it was told. */
export class ToldHost {
  readonly told: string[] = [];
  /** What commands got on standard input, where they got any. */
  readonly stdin: string[] = [];
  readonly secrets = new Secrets();
  /** What it says to a command, by the begin of that. */
  readonly says: Record<string, Partial<CommandResult>> = {};

  readonly session = {
    host: 'web-b-01',
    loginNoise: '',
    run: async (command: RemoteCommand, { stdin }: CommandIo = {}): Promise<CommandResult> => {
      const line = spoken(command);
      this.told.push(line);
      if (typeof stdin === 'string') this.stdin.push(stdin);
      const [, said] = Object.entries(this.says).find(([begin]) => line.startsWith(begin)) ?? [];
      return { exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, elapsedMs: 1, ...said };
    },
  } as unknown as Session;

  readonly context = {
    operation: '261129-aaaa',
    session: async () => this.session,
    secrets: this.secrets,
    resultOf: () => null,
    fact: () => undefined,
    waitsFor: () => undefined,
    progress: () => undefined,
    isAgain: false,
    signal: new AbortController().signal,
  } as unknown as StepContext;
}
