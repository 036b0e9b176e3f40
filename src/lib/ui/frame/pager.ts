import { spawn } from 'node:child_process';
import { out } from './output.js';

/**
 * Data on stdout: through $PAGER (less by default) if stdout is a terminal with fewer lines, otherwise unchanged. Resolves
 * when the reader closes the pager; leaving early is not an error.
 */
export async function page(text: string, allowed: boolean): Promise<void> {
  const pager = process.env.PAGER ?? 'less';
  if (!allowed || pager === '' || !isTooLong(text) || !(await pagedBy(pager, `${text}\n`))) out(text);
}

function isTooLong(text: string): boolean {
  const { isTTY, rows = 24 } = process.stdout;
  return isTTY === true && process.env.TERM !== 'dumb' && text.split('\n').length >= rows;
}

/** Exit statuses of sh(1) if the program does not exist or may not be run. */
const NOT_RUN = [126, 127];

/** False when the pager could not be started. $PAGER is a command line, as git and man take it. */
function pagedBy(pager: string, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    // F: do not page a single screen, R: colours, X: leaves the text on the terminal.
    const env = { ...process.env, LESS: process.env.LESS ?? 'FRX' };
    const child = spawn('sh', ['-c', pager], { stdio: ['pipe', 'inherit', 'inherit'], env });
    // While the pager runs, Ctrl-C belongs to it.
    const ignore = () => undefined;
    process.on('SIGINT', ignore);
    const end = (shown: boolean) => {
      process.off('SIGINT', ignore);
      resolve(shown);
    };
    child.stdin.on('error', () => undefined);
    child.on('error', () => end(false));
    child.on('close', (code) => end(code === null || !NOT_RUN.includes(code)));
    child.stdin.end(text);
  });
}
