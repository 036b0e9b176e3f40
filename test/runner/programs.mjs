// Programs that the test run starts, and how they end with it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const KUAFU = join(ROOT, 'bin/kuafu.js');
export const VITEST = bin('vitest', 'vitest.mjs');
export const MINUTE_MS = 60_000;
const STOP_MS = 20_000;

export class Stopped extends Error {}

const running = new Set();
let signalThatStopped;

/** The signal that told us to stop, or undefined. */
export const stoppedBy = () => signalThatStopped;

export function bin(name, path) {
  return join(ROOT, 'node_modules', name, path);
}

/** Runs a Node.js program of this repository; its output is kept when `quiet`, else shown as it comes. */
export function run(script, args, { quiet, deadlineMs, evenIfStopped = false, env = {} }) {
  if (signalThatStopped && !evenIfStopped) throw new Stopped();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      // Cleaning up must outlive a Ctrl-C, which goes to the whole process group.
      detached: evenIfStopped,
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const deadline = setTimeout(
      () => stop(child, 'SIGTERM', `no end after ${deadlineMs / MINUTE_MS} minutes`),
      deadlineMs,
    );
    if (!evenIfStopped) running.add(child);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      running.delete(child);
      if (signalThatStopped && !evenIfStopped) reject(new Stopped());
      else resolve({ ok: code === 0, end: signal ?? `exit code ${code}`, output });
    });
  });
}

function stop(child, signal, why) {
  if (why) console.error(`stopping: ${why}`);
  child.kill(signal);
  setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    signalThatStopped = signal;
    for (const child of running) stop(child, signal);
  });
}
