import { spawnSync } from 'node:child_process';
import { it } from 'vitest';

/** Debian's own: another Python in front of it on PATH does not have Debian's packages. */
export const PYTHON = '/usr/bin/python3';

/**
 * A test that holds us against the program that owns a format. Where it is not there the test counts as skipped, which the
 * last line of `npm test` says; in CI that is a failure. test/run.mjs installs it for root.
 *
 * @param probe a command line that succeeds where the program is there
 * @param debianPackage what to install
 */
export function itAgainst([program = '', ...args]: readonly string[], debianPackage: string) {
  const isThere = spawnSync(program, args).status === 0;
  if (isThere) return it;
  const missing = `there is no ${program} ${args.join(' ')} (apt-get install ${debianPackage})`;
  if (!process.env.CI) return it.skip;
  return (name: string) =>
    it(name, () => {
      throw new Error(missing);
    });
}

/** What a program says to an input; its complaints are an error. */
export function answerOf(
  [program = '', ...args]: readonly string[],
  input: string,
  env = process.env,
): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}: status ${status}: ${stderr}`);
}
