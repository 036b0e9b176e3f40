import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { quoteWord } from '../../src/lib/shell/quote.js';

/** One question to ssh: what would you do for this host with this file? */
export interface Question {
  readonly file: string;
  readonly host: string;
  /** More words of the command line. */
  readonly words?: readonly string[];
}

/** What `ssh -G` prints, by keyword; `refusal`: what it says where it refuses the file or the host. */
export interface Answer {
  readonly options?: ReadonlyMap<string, readonly string[]>;
  readonly refusal?: string;
}

/** The version of ssh on this machine, such as `9.2`; undefined: there is none. */
export function sshVersion(): string | undefined {
  return /^OpenSSH_(\d+\.\d+)/.exec(spawnSync('ssh', ['-V'], { encoding: 'utf8' }).stderr ?? '')?.[1];
}

const SHARES = 2;
const MARK = '== answer of';

/** Asks all questions, in a few shells and not in a process of ours each. */
export async function askSsh(
  folder: string,
  questions: readonly Question[],
  env: NodeJS.ProcessEnv,
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  await Promise.all(
    Array.from({ length: SHARES }, async (_, share) => {
      const script = join(folder, `ask-${share}.sh`);
      writeFileSync(
        script,
        questions
          .map(line)
          .filter((_, index) => index % SHARES === share)
          .join('\n'),
      );
      await promisify(execFile)('sh', ['-c', 'exec sh "$1" </dev/null >"$1.out" 2>&1', 'sh', script], {
        env,
      });
      for (const text of readFileSync(`${script}.out`, 'utf8').split(`${MARK} `).slice(1)) {
        const [index = '', ...lines] = text.trimEnd().split('\n');
        answers.set(Number(index), parseAnswer(lines));
      }
    }),
  );
  return questions.map((_, index) => answers.get(index) ?? { refusal: 'no answer' });
}

function line({ file, host, words = [] }: Question, index: number): string {
  const command = ['ssh', '-G', '-T', '-F', file, ...words, host].map(quoteWord).join(' ');
  return `echo '${MARK} ${index}'; ${command} || echo refused`;
}

function parseAnswer(lines: readonly string[]): Answer {
  if (lines.at(-1) === 'refused') return { refusal: lines.slice(0, -1).join('\n') };
  const options = new Map<string, string[]>();
  for (const each of lines) {
    const [keyword = '', value = ''] = each.split(/ (.*)/s);
    options.set(keyword, [...(options.get(keyword) ?? []), value]);
  }
  return { options };
}
