import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/lib/config/config-error.js';
import { loadConfig } from '../../../src/lib/config/load.js';
import { ROOMS, withProgram } from './with-program.js';

const place = withProgram();

/** Of lines with a time and 1 for a start, -1 for an end. */
function mostAtATime(log: string): number {
  const events = log.trim().split('\n').sort();
  let [now, most] = [0, 0];
  for (const event of events) {
    now += Number(event.split(' ')[1]);
    most = Math.max(most, now);
  }
  return most;
}

describe('hosts of an inventory program', () => {
  it('are asked for one by one without _meta, at most eight at a time', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `web-${index + 12}`);
    const config = await place.load(`
case $2 in
--list) echo '${JSON.stringify({ web: names })}' ;;
--host)
  echo "$(date +%s%N) 1" >> load; sleep 0.2; echo "$(date +%s%N) -1" >> load
  case $3 in web-20) echo '{' ;; web-21) exit 3 ;; web-22) ;; *) echo '{"ansible_host": "198.18.1.'"\${3#web-}"'"}' ;; esac ;;
esac`);
    expect(config.rooms.get('A')?.hosts.size).toBe(1 + 37);
    expect(place.said.sort()).toEqual([
      expect.stringMatching(/^inventory: left out web-20: what it prints for --host is no JSON$/),
      expect.stringMatching(/^inventory: left out web-21: .*hosts.sh exits with 3$/),
    ]);
    expect(config.inventory?.remarks).toEqual(['inventory: 1 host is in no room']);
    const most = mostAtATime(await readFile(join(place.folder, 'load'), 'utf8'));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('are asked for within one deadline', async () => {
    const script = `case $2 in --list) echo '{"web": ["web-2", "web-3"]}' ;; *) [ $3 = web-2 ] && echo '{"ansible_host": "198.18.1.12"}' || sleep 60 ;; esac`;
    const config = await place.load(script, '', '2s');
    expect(config.rooms.get('A')?.hosts.get('web-2')).toBe('198.18.1.12');
    expect(place.said).toEqual([
      expect.stringMatching(/^inventory: left out web-3: .*did not end within 2 s and was killed$/),
    ]);
  });

  it.each([
    ['exit 3', 'hosts.sh exits with 3'],
    ['echo "no cloud" >&2; exit 3', 'exits with 3: no cloud'],
    ['echo no json', 'what it prints is no JSON'],
    ['echo \'{"web": {"hosts": 1}}\'', 'no Ansible inventory: the group web'],
  ])('are a fault where the whole is none: %s', async (script, sentence) => {
    const error = await place.load(script).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    if (!(error instanceof ConfigError)) return;
    expect(error.issues[0]?.message).toContain(sentence);
    expect(error.issues[0]?.path).toBe('inventory.exec');
  });

  it('are waited for as long as was said, also when a child of the program holds its output open', async () => {
    await expect(place.load('sleep 5 & sleep 5', '', '200ms')).rejects.toThrow('did not end within 0.2 s');
  });
});

describe('an inventory program', () => {
  it('is not started for a file with faults, and named when it is missing', async () => {
    const trace = join(place.folder, 'trace');
    await expect(place.load(`touch ${trace}`, 'nothing: 1')).rejects.toThrow('this key is not known');
    expect(existsSync(trace)).toBe(false);
    const load = async (exec: string) => {
      const file = join(place.folder, 'k.yaml');
      await writeFile(file, `${ROOMS}inventory: {exec: ${exec}}`);
      return await loadConfig({ file, env: { HOME: place.folder } });
    };
    await expect(load('./gone.py')).rejects.toThrow('gone.py cannot be run');
    await writeFile(join(place.folder, 'plain.py'), '');
    await expect(load('./plain.py')).rejects.toThrow('it is not executable');
  });
});
