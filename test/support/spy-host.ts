import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hostScript } from '../../src/host-script.js';

/** What came of a script: how it ended, what it printed, and which programs it called with which words, in order. */
export interface SpiedRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly string[];
}

/**
 * A folder in which sh runs scripts of templates/ as on a host, without root and without one: programs that stand in for those
 * of a host write down how they are called, and folders that are kuafu's on a host lie in it, the folder of a database server
 * and the names of processes.
 */
export class SpyHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'kuafu-spy-'));
  readonly #calls = join(this.folder, 'calls');

  constructor() {
    mkdirSync(join(this.folder, 'bin'));
  }

  /** @param script what the program does, in sh, once its words are written down */
  program(name: string, script = ''): this {
    const text = `#!/bin/sh\necho "${name}\${*:+ }$*" >>'${this.#calls}'\n${script}\n`;
    writeFileSync(join(this.folder, 'bin', name), text, { mode: 0o755 });
    return this;
  }

  /** A file by its path on a host, such as /run/kuafu/down/shop.service. @returns where it is really */
  file(path: string, text: string, mode = 0o600): string {
    const place = this.#placed(path);
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    writeFileSync(place, text, { mode });
    return place;
  }

  /** What a file has by its path on a host; undefined: it is not there. */
  read(path: string): string | undefined {
    const place = this.#placed(path);
    return existsSync(place) ? readFileSync(place, 'utf8') : undefined;
  }

  /** @param name of the script, as hostScript() has it */
  run(name: string, words: readonly string[] = [], input: string | Buffer = ''): SpiedRun {
    writeFileSync(this.#calls, '');
    const env = {
      HOME: join(this.folder, 'home'),
      PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`,
      // No script needs room for files of its own there.
      TMPDIR: join(this.folder, 'no-room'),
    };
    const args = ['-c', this.#placed(hostScript(name)), 'kuafu', ...words];
    const { status, stdout, stderr } = spawnSync('sh', args, {
      input,
      encoding: 'utf8',
      env,
      timeout: 20_000,
    });
    const calls = readFileSync(this.#calls, 'utf8').split('\n').slice(0, -1);
    return { status, stdout, stderr, calls };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #placed(text: string): string {
    return text
      .replaceAll('/var/lib/kuafu', join(this.folder, 'spools'))
      .replaceAll('/run/kuafu', join(this.folder, 'run'))
      .replaceAll('/etc/mysql/mariadb.conf.d', join(this.folder, 'server'))
      .replaceAll('/proc/[0-9]*/comm', join(this.folder, 'proc/*/comm'))
      .replaceAll('/etc/my.cnf.d', join(this.folder, 'no-server'));
  }
}
