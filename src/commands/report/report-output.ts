import { FailedError, RefusedError, sentenceOf, UsageError } from '../../lib/errors.js';
import { NotOursError } from '../../lib/own-files/not-ours.js';
import { readTextFile } from '../../lib/own-files/read.js';
import { replaceFile } from '../../lib/own-files/write.js';
import { remark } from '../../lib/ui/frame/output.js';
import { PAGE_MARK } from '../../lib/ui/frame/page.js';
import { maskKnown } from '../known-secrets.js';

/** The forms of a report besides the table. */
export interface ReportOutput {
  readonly csv?: boolean;
  readonly html?: string;
}

/** @throws UsageError when two forms would go to stdout */
export function checkOutput({ csv }: ReportOutput, json: boolean): void {
  if (csv === true && json) throw new UsageError('--csv and --json both go to stdout', 'give one of them');
}

/**
 * Writes a page in one go. An existing report is replaced, so that cron can write it every night; any other file is not.
 * @throws RefusedError when another kind of file is there, or others can write to the folder; FailedError when it cannot be
 * written
 */
export async function writePage(file: string, page: string): Promise<void> {
  try {
    const present = await readTextFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return PAGE_MARK;
      throw error;
    });
    if (!present.includes(PAGE_MARK))
      throw new RefusedError(
        `${file} is there and no report of kuafu; it is left alone`,
        'name another file',
      );
    await replaceFile(file, page);
  } catch (error) {
    if (error instanceof NotOursError) throw new RefusedError(`--html ${error.message}`, error.hint);
    if (error instanceof RefusedError) throw error;
    throw new FailedError(`--html ${file} cannot be written: ${sentenceOf(error)}`);
  }
  remark(maskKnown(`the page is in ${file}`));
}
