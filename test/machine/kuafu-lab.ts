import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

// Labs are made and removed here, so this runs on the machine itself and not inside `kuafu lab run`.
export const KUAFU = fileURLToPath(new URL('../../bin/kuafu.js', import.meta.url));

interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `kuafu lab` that runs. */
export function start(...words: string[]) {
  const child = spawn(process.execPath, [KUAFU, 'lab', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const end = new Promise<End>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, end };
}

export async function kuafuLab(...words: string[]): Promise<End> {
  return start(...words).end;
}

/** What it says, when all went well. */
export async function expectOk(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await kuafuLab(...words);
  expect(code, `kuafu lab ${words.join(' ')}\n${stderr}`).toBe(0);
  return stdout + stderr;
}
