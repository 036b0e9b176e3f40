import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the configuration of this user is looked for last (XDG Base Directory Specification: relative values are ignored). */
export function configFolder(env: Env): string {
  return join(xdgBase(env.XDG_CONFIG_HOME) ?? join(homeFolder(env), '.config'), 'kuafu');
}

/** Where this user's ledger and the host keys of new hosts are kept. */
export function stateFolder(env: Env): string {
  return join(xdgBase(env.XDG_STATE_HOME) ?? join(homeFolder(env), '.local', 'state'), 'kuafu');
}

export function homeFolder(env: Env): string {
  return xdgBase(env.HOME) ?? homeOnRecord();
}

/** Where neither HOME nor the user database has one, as in a container, the root folder, as for login(1). */
function homeOnRecord(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** Undefined when it was deleted: what is named by a whole path can be done all the same. */
export function workingFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** `~/x` as a path of this user's home; other paths as they are. */
export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}

function xdgBase(value: string | undefined): string | undefined {
  return value !== undefined && isAbsolute(value) ? value : undefined;
}
