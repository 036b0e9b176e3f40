import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { packageFile } from '../../package-file.js';
import { FailedError } from '../errors.js';
import { namespacePath } from './paths.js';
import type { ProbeRequest } from './ready-probe.js';

/** ready-probe.ts; the build makes it a separate program. */
const PROGRAM = packageFile('dist/ready-probe.js');

/** Checks from the control host whether services answer. */
export interface Readiness {
  /**
   * Waits until the service answers.
   *
   * @throws FailedError after `withinMs`; the reason of the signal if it is aborted
   */
  wait(request: ProbeRequest, withinMs: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

export function startReadiness(lab: string): Readiness {
  const probe = spawn('nsenter', [`--net=${namespacePath(lab, 'ctl')}`, process.execPath, PROGRAM], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C on the terminal must reach kuafu only; the probe ends when its standard input closes.
    detached: true,
  });
  // A write after its end is no error here: `exit` reports that end.
  probe.stdin.on('error', () => undefined);
  const waiting = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  createInterface({ input: probe.stdout }).on('line', (id) => waiting.get(id)?.resolve());
  const fail = () => {
    for (const { reject } of waiting.values()) reject(new FailedError('the probe on the control host ended'));
  };
  probe.once('error', fail);
  probe.once('exit', fail);
  return {
    async wait(request, withinMs, signal) {
      const timeout = AbortSignal.timeout(withinMs);
      const either = AbortSignal.any([signal, timeout]);
      try {
        await new Promise<void>((resolve, reject) => {
          waiting.set(request.id, { resolve, reject });
          either.addEventListener('abort', () => reject(either.reason as Error), { once: true });
          probe.stdin.write(`${JSON.stringify(request)}\n`);
        });
      } catch (error) {
        if (!timeout.aborted || signal.aborted) throw error;
        throw new FailedError(`${request.target} did not answer within ${Math.round(withinMs / 1000)} s`);
      } finally {
        waiting.delete(request.id);
      }
    },
    close: () => probe.stdin.end(),
  };
}
