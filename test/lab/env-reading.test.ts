import { afterAll, beforeAll, expect, it } from 'vitest';
import { envFileRefusal, parseEnvBytes } from '../../src/lib/env/env-parse.js';
import { envCorpus } from '../support/env-corpus.js';
import { LabRoom } from '../support/lab-room.js';

// What a process gets of an environment file is what systemd makes of it: some hundred files, all in one visit.
const room = new LabRoom();
const HOST = 'web-b-01';
const FOLDER = '/run/envcase';
const UNIT = '/run/systemd/system/envcase@.service';
beforeAll(() => room.open());
afterAll(async () => {
  await room.inHost(HOST, `rm -rf ${FOLDER} ${UNIT}; systemctl daemon-reload; systemctl reset-failed`);
  await room.close();
});

// `bare` has no file and shows what every process gets.
const GIVE = `import base64, json, os, subprocess, sys
os.makedirs('${FOLDER}/out', exist_ok=True)
with open('${UNIT}', 'w') as unit:
    unit.write('[Service]\\nType=oneshot\\nStandardOutput=truncate:${FOLDER}/out/%i\\nEnvironmentFile=${FOLDER}/%i\\nExecStart=/usr/bin/env -0\\n')
subprocess.run(['systemctl', 'daemon-reload'], check=True)
names = []
for number, text in enumerate(json.loads(base64.b64decode(sys.argv[1]))):
    names.append(str(number))
    with open(f'${FOLDER}/{number}', 'wb') as file:
        file.write(base64.b64decode(text))
open('${FOLDER}/bare', 'w').close()
subprocess.run(['systemctl', 'start', *(f'envcase@{name}.service' for name in [*names, 'bare'])], capture_output=True)
def out(name):
    try:
        return base64.b64encode(open(f'${FOLDER}/out/{name}', 'rb').read()).decode()
    except OSError:
        return ''
version = subprocess.run(['systemctl', '--version'], capture_output=True, text=True).stdout.split()[1]
print(json.dumps({'version': int(version), 'bare': out('bare'), 'outs': [out(name) for name in names]}))`;

function variables(base64: string): Map<string, string> {
  const entries = Buffer.from(base64, 'base64').toString('utf8').split('\0').filter(Boolean);
  return new Map(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

it('systemd reads as we do', async () => {
  const corpus = envCorpus(300);
  const input = Buffer.from(JSON.stringify(corpus.map((file) => file.toString('base64')))).toString('base64');
  const script = Buffer.from(GIVE).toString('base64');
  const said = await room.inHost(HOST, `python3 -c "$(echo ${script} | base64 -d)" ${input}`);
  const { version, bare, outs } = JSON.parse(said) as { version: number; bare: string; outs: string[] };
  const always = new Set(variables(bare).keys());
  const theirs = outs.map((out) =>
    out === '' ? 'refused' : Object.fromEntries([...variables(out)].filter(([name]) => !always.has(name))),
  );
  const ours = corpus.map((file) => {
    if (envFileRefusal(file, version) !== undefined) return 'refused';
    const entries = parseEnvBytes(file, version);
    return Object.fromEntries(
      entries.flatMap((each) => (each.kind === 'value' ? [[each.name, each.value]] : [])),
    );
  });
  const shown = (readings: readonly unknown[]) =>
    readings.map((reading, index) => [JSON.stringify(corpus[index]?.toString('latin1')), reading]);
  expect(shown(ours)).toEqual(shown(theirs));
  expect(theirs.filter((reading) => reading === 'refused').length).toBeGreaterThan(20);
  expect(theirs.filter((reading) => Object.keys(reading).length > 0).length).toBeGreaterThan(100);
});
