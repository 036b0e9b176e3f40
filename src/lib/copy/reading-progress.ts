import { LineCutter } from '../ssh/lines.js';

/** GNU tar's default, in bytes (GNU tar manual, 9.4.2 "The Blocking Factor of an Archive"). */
const RECORD_BYTES = 10_240;
/** A hundred lines show that a read goes on, and are few beside the output that is kept of a command. */
const LINES = 100;
const LEAST_RECORDS = 1000;
const WORD = 'kuafu-read';
const LINE = new RegExp(`^tar: ${WORD} (\\d{1,12})$`);

/** Arguments with which tar says now and then on standard error how far it is in a tree of this size. */
export function progressArguments(bytes: number): string[] {
  const records = Math.max(LEAST_RECORDS, Math.ceil(bytes / RECORD_BYTES / LINES));
  return [`--checkpoint=${records}`, `--checkpoint-action=echo=${WORD} %u`];
}

/** Takes standard error of that tar as it comes, and tells how many bytes of the archive are made. */
export function progressReader(onRead: (bytes: number) => void): (chunk: Buffer) => void {
  const cutter = new LineCutter();
  return (chunk) => {
    for (const { text } of cutter.cut(chunk)) {
      const records = LINE.exec(text)?.[1];
      if (records !== undefined) onRead(Number(records) * RECORD_BYTES);
    }
  };
}

/** Whether it is such a line, which says nothing of how tar ended. */
export function isProgress(line: string): boolean {
  return LINE.test(line);
}
