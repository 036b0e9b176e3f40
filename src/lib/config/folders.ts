import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The last folder in which this user's configuration is searched (XDG Base Directory Specification: relative values are ignored).
 */
export function configFolder(env: Env): string {
  return join(xdgBase(env.XDG_CONFIG_HOME) ?? join(homeFolder(env), '.config'), 'kuafu');
}

/** The folder of this user's ledger and of the host keys of new hosts. */
export function stateFolder(env: Env): string {
  return join(xdgBase(env.XDG_STATE_HOME) ?? join(homeFolder(env), '.local', 'state'), 'kuafu');
}

export function homeFolder(env: Env): string {
  return xdgBase(env.HOME) ?? homeOnRecord();
}

/** If neither HOME nor the user database gives a home, as in a container, the root folder, as for login(1). */
function homeOnRecord(): string {
  try {
    return homedir();
  } catch {
    return '/';
  }
}

/** Undefined when the folder was deleted: commands with absolute paths still work. */
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
