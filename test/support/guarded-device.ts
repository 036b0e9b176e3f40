import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type GuardAnswer, parseGuardAnswer } from '../../src/lib/guard/answer.js';
import type { Guarded } from '../../src/lib/guard/guard.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import { renderCommand } from '../../src/lib/shell/quote.js';

export interface GuardedRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly answer: GuardAnswer;
}

/** A device whose guard is run by sh in a folder, with the words that a host gets. */
export class GuardedDevice {
  readonly name = 'dns-shop.test';
  readonly root = mkdtempSync(join(tmpdir(), 'kuafu-guard-'));
  readonly folder = join(this.root, 'guard', this.name);
  readonly #leaders: number[] = [];

  async run({ command, mark }: Guarded<RemoteCommand>): Promise<GuardedRun> {
    const line = renderCommand(command.words).replaceAll('/var/lib/kuafu', this.root);
    const child = spawn('sh', ['-c', line], {
      env: { ...process.env, PATH: `${this.path('bin')}:${process.env.PATH}` },
      // As timeout(1) on a host has it: the command begins in a group that it does not lead.
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (child.pid !== undefined) this.#leaders.push(child.pid);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, stdout, stderr, answer: parseGuardAnswer(stderr, mark) };
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** A program that the guard finds before that of this machine. */
  program(name: string, script: string): void {
    mkdirSync(this.path('bin'), { recursive: true });
    writeFileSync(this.path(`bin/${name}`), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** The process that holds the device; it leads its group. */
  holder(): number {
    return Number(readFileSync(join(this.folder, 'holder'), 'utf8').split(' ')[0]);
  }

  close(): void {
    for (const leader of this.#leaders)
      try {
        process.kill(-leader, 'SIGKILL');
      } catch {
        // It has ended, and so has its group.
      }
    rmSync(this.root, { recursive: true, force: true });
  }
}
