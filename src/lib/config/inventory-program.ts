import { execa, type Options } from 'execa';
import { type AnsibleHost, parseAnsibleInventory } from '../inventory/ansible.js';
import { excerpt } from '../masking/masked.js';
import type { Secrets } from '../secret.js';

const MAX_OUTPUT_BYTES = 32 * 1024 * 1024;
const COMPLAINTS = 4096;
const LONGEST = 300;

/**
 * Runs an inventory program with `--list`, as Ansible does, and reads what it prints. No shell is in between. It is killed
 * when it has not ended after timeoutMs. It has the environment of kuafu, as it is a program of its user and may need
 * passwords of its own; what it complains of is masked.
 *
 * @throws {Error} with a sentence: cannot be run, failed, hangs, prints too much or no inventory
 */
export async function runInventoryProgram(
  [program = '', ...args]: readonly string[],
  { cwd, timeoutMs, secrets }: { cwd: string; timeoutMs: number; secrets: Secrets },
): Promise<AnsibleHost[]> {
  const options = {
    cwd,
    maxBuffer: MAX_OUTPUT_BYTES,
    // Its complaints may have no end; only the last are kept.
    buffer: { stderr: false },
    stdin: 'ignore',
    reject: false,
  } satisfies Options;
  const running = execa(program, [...args, '--list'], options);
  let complaints = '';
  running.stderr.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString('utf8')).slice(-COMPLAINTS);
  });
  let timedOut = false;
  const deadline = setTimeout(() => {
    timedOut = true;
    running.kill('SIGKILL');
    // What the program has started may hold its output open for ever; execa's own timeout would wait for that.
    running.stdout.destroy();
    running.stderr.destroy();
  }, timeoutMs);
  const result = await running;
  clearTimeout(deadline);
  if (timedOut) throw new Error(`${program} did not end within ${timeoutMs / 1000} s and was killed`);
  if (result.isMaxBuffer)
    throw new Error(`${program} prints more than ${MAX_OUTPUT_BYTES / 1024 / 1024} MiB`);
  if (result.exitCode === undefined && result.signal === undefined)
    throw new Error(`${program} cannot be run: ${reasonOf(result.code)}`);
  if (result.failed) {
    const how =
      result.exitCode === undefined ? `was ended by ${result.signal}` : `exits with ${result.exitCode}`;
    const said = excerpt(secrets.mask(complaints.trim(), { start: true }), LONGEST).replaceAll(/\s+/g, ' ');
    throw new Error(`${program} ${how}${said === '' ? '' : `: ${said}`}`);
  }
  return parseAnsibleInventory(result.stdout);
}

function reasonOf(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file, or not the interpreter its first line names';
    case 'EACCES':
      return 'it is not executable';
    default:
      return code ?? 'unknown reason';
  }
}
