import { spawnSync } from 'node:child_process';
import { chmodSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** An account that every Linux has and that owns nothing (nobody). */
export const NOBODY = 65_534;

/** Only root can give a file to somebody else. */
export const isRoot = process.geteuid?.() === 0;

/** What may stand at a path where kuafu reads or writes. */
export interface FileKind {
  readonly name: string;
  /** Makes it at a path, in a folder that is ours. `content`: that of the file, where there is one. */
  readonly make: (path: string, content: string) => void | Promise<void>;
  /** Whether it may be believed. */
  readonly ours: boolean;
  readonly needsRoot?: true;
}

const toNobody = (path: string) => lchownSync(path, NOBODY, NOBODY);

function file(path: string, content: string, mode = 0o700): void {
  writeFileSync(path, content);
  chmodSync(path, mode);
}

function folder(path: string, mode = 0o700): string {
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

/** The path becomes one below a folder of another kind, by a link of ours. */
function below(path: string, content: string, prepare: (folder: string) => void): void {
  const parent = folder(`${path}.d`);
  file(join(parent, 'x'), content);
  prepare(parent);
  symlinkSync(join(parent, 'x'), path);
}

async function socket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(path, ready));
  server.unref();
}

const FILE_KINDS: readonly FileKind[] = [
  { name: 'a file of ours', make: (path, content) => file(path, content), ours: true },
  {
    name: 'a link of ours to a file of ours',
    make: (path, content) => {
      file(`${path}.target`, content);
      symlinkSync(`${path}.target`, path);
    },
    ours: true,
  },
  {
    name: 'a link of ours to a file of another',
    make: (path, content) => {
      file(`${path}.target`, content);
      toNobody(`${path}.target`);
      symlinkSync(`${path}.target`, path);
    },
    ours: false,
    needsRoot: true,
  },
  {
    name: 'a link of another to a file of ours',
    make: (path, content) => {
      file(`${path}.target`, content);
      symlinkSync(`${path}.target`, path);
      toNobody(path);
    },
    ours: false,
    needsRoot: true,
  },
  {
    name: 'a link to nothing',
    make: (path) => symlinkSync(join(dirname(path), 'nowhere'), path),
    ours: false,
  },
  { name: 'a link to itself', make: (path) => symlinkSync(path, path), ours: false },
  { name: 'a pipe', make: (path) => void spawnSync('mkfifo', [path]), ours: false },
  { name: 'a socket', make: (path) => socket(path), ours: false },
  { name: 'a link to a device without end', make: (path) => symlinkSync('/dev/zero', path), ours: false },
  {
    name: 'a file of another',
    make: (path, content) => {
      file(path, content);
      toNobody(path);
    },
    ours: false,
    needsRoot: true,
  },
  {
    name: 'a file that everybody can write',
    make: (path, content) => file(path, content, 0o777),
    ours: false,
  },
  {
    name: 'a file that a group can write',
    make: (path, content) => {
      file(path, content, 0o770);
      lchownSync(path, 0, NOBODY);
    },
    ours: false,
    needsRoot: true,
  },
  {
    name: 'a file in a folder that everybody can write',
    make: (path, content) => below(path, content, (parent) => chmodSync(parent, 0o777)),
    ours: false,
  },
  {
    name: 'a file in a folder of another',
    make: (path, content) => below(path, content, toNobody),
    ours: false,
    needsRoot: true,
  },
  {
    name: 'a file of ours in a sticky folder',
    make: (path, content) => below(path, content, (parent) => chmodSync(parent, 0o1777)),
    ours: true,
  },
];

export interface FolderKind {
  readonly name: string;
  readonly make: (path: string) => void;
  /** Whether something may be put into it. */
  readonly ours: boolean;
  readonly needsRoot?: true;
}

function folderBelow(path: string, prepare: (folder: string) => void): void {
  const parent = folder(`${path}.d`);
  folder(join(parent, 'x'));
  prepare(parent);
  symlinkSync(join(parent, 'x'), path);
}

const FOLDER_KINDS: readonly FolderKind[] = [
  { name: 'a folder of ours', make: (path) => folder(path), ours: true },
  { name: 'a folder of ours that others can read', make: (path) => folder(path, 0o755), ours: true },
  {
    name: 'a link of ours to a folder of ours',
    make: (path) => folderBelow(path, () => undefined),
    ours: true,
  },
  {
    name: 'a folder of ours in a sticky one',
    make: (path) => folderBelow(path, (parent) => chmodSync(parent, 0o1777)),
    ours: true,
  },
  { name: 'a sticky folder', make: (path) => folder(path, 0o1777), ours: false },
  { name: 'a folder that everybody can write', make: (path) => folder(path, 0o777), ours: false },
  {
    name: 'a folder of ours in one that everybody can write',
    make: (path) => folderBelow(path, (parent) => chmodSync(parent, 0o777)),
    ours: false,
  },
  {
    name: 'a link to nothing',
    make: (path) => symlinkSync(join(dirname(path), 'nowhere'), path),
    ours: false,
  },
  { name: 'a link to itself', make: (path) => symlinkSync(path, path), ours: false },
  { name: 'a file', make: (path) => file(path, ''), ours: false },
  { name: 'a pipe', make: (path) => void spawnSync('mkfifo', [path]), ours: false },
  { name: 'a folder of another', make: (path) => toNobody(folder(path)), ours: false, needsRoot: true },
  {
    name: 'a folder that a group can write',
    make: (path) => lchownSync(folder(path, 0o770), 0, NOBODY),
    ours: false,
    needsRoot: true,
  },
  {
    name: 'a folder of ours in one of another',
    make: (path) => folderBelow(path, toNobody),
    ours: false,
    needsRoot: true,
  },
  {
    name: 'a link of another to a folder of ours',
    make: (path) => {
      folderBelow(path, () => undefined);
      toNobody(path);
    },
    ours: false,
    needsRoot: true,
  },
];

/** Those that can be made here. */
export const possibleKinds = FILE_KINDS.filter(({ needsRoot }) => isRoot || needsRoot === undefined);
export const possibleFolders = FOLDER_KINDS.filter(({ needsRoot }) => isRoot || needsRoot === undefined);
