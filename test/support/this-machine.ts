import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../src/lib/names/host.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import { renderCommand } from '../../src/lib/shell/quote.js';
import type { CommandIo, CommandResult, Connections, Session } from '../../src/lib/ssh/transport.js';

/** Runs a command here; all it says is late by `lateMs`. */
async function runHere(command: RemoteCommand, io: CommandIo, lateMs: number): Promise<CommandResult> {
  const child = spawn('sh', ['-c', renderCommand(command.words)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  if (io.stdin !== undefined && typeof io.stdin !== 'string' && 'pipe' in io.stdin)
    io.stdin.pipe(child.stdin);
  let last: Promise<void> = Promise.resolve();
  child.stdout.on('data', (chunk: Buffer) => {
    const late = sleep(lateMs);
    last = last.then(async () => {
      await late;
      await io.onStdout?.(chunk);
    });
  });
  io.signal?.addEventListener('abort', () => child.stdin.end());
  const exitCode = await new Promise<number | null>((done) => child.on('close', done));
  await last;
  return { exitCode, signal: null, stdout: '', stderr: '' } as CommandResult;
}

/** Hosts that are all this machine, behind links that take their time. */
export function connectionsTo(lateMs: Readonly<Record<string, number>>): Connections {
  const session = async ({ name }: Host): Promise<Session> =>
    ({
      host: name,
      run: (command: RemoteCommand, io: CommandIo = {}) => runHere(command, io, lateMs[name] ?? 0),
    }) as unknown as Session;
  return { session } as unknown as Connections;
}
