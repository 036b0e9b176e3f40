import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { lookAt } from './look.js';
import { noFile, noSuchKind, requireOurs } from './not-ours.js';

const { O_RDONLY, O_NONBLOCK, O_NOCTTY } = constants;

/** A descriptor that this process was started with, such as the pipe of a shell's `<( … )`. */
const INHERITED = /^\/(dev\/(fd\/\d+|stdin)|proc\/self\/fd\/\d+)$/;

/** As in `UserKnownHostsFile /dev/null`. */
const NOTHING = '/dev/null';

/**
 * The text of a regular file. A pipe without a writer, an endless device or a folder is refused, and never waited for. A pipe
 * that this process was started with is read.
 *
 * @throws NotOursError when it is no regular file, or longer than maxBytes; errors of open(2) and read(2)
 */
export async function readTextFile(path: string, maxBytes = 64 * 1024 * 1024): Promise<string> {
  if (path === NOTHING) return '';
  const inherited = INHERITED.test(path);
  const file = await open(path, inherited ? O_RDONLY : O_RDONLY | O_NONBLOCK | O_NOCTTY);
  try {
    const stats = await file.stat();
    if (!stats.isFile() && !(inherited && stats.isFIFO())) throw noSuchKind(path, stats, 'a file');
    return (await readUpTo(file, path, maxBytes)).toString('utf8');
  } finally {
    await file.close();
  }
}

/**
 * The text of a file that no other user can have written. A pipe that this process was started with is trusted. For a missing
 * file the error is that it is missing, whoever owns the folder.
 *
 * @throws NotOursError when other users can change it or a part of its path; else as readTextFile()
 */
export async function readOwnFile(path: string): Promise<string> {
  if (path === NOTHING || INHERITED.test(path)) return await readTextFile(path);
  if (lookAt(path).stats === undefined) throw noFile(path);
  return await readTextFile(requireOurs(path, 'a file').path);
}

async function readUpTo(file: FileHandle, path: string, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536));
    if (bytesRead === 0) return Buffer.concat(chunks);
    total += bytesRead;
    if (total > maxBytes)
      throw Object.assign(new Error(`${path} is longer than ${maxBytes} bytes`), { code: 'EFBIG', path });
    chunks.push(buffer.subarray(0, bytesRead));
  }
}
