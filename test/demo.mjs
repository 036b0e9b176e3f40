// `npm run demo`: two practice rooms on this machine, one expansion by 20 hosts, and who answers afterwards.
// What it types is what a user would type; nothing here knows more than the README says.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const KUAFU = fileURLToPath(new URL('../bin/kuafu.js', import.meta.url));
const LAB = 'demo';
const ENTRY_OF_ROOM_B = 'http://203.0.113.102/whoami';
const REQUESTS = 60;

function kuafu(...words) {
  console.error(`\n$ kuafu ${words.join(' ')}`);
  const { status, signal } = spawnSync(process.execPath, [KUAFU, ...words], { stdio: 'inherit' });
  if (status === 0) return;
  console.error(`\nthe demo ended here: ${signal ? `signal ${signal}` : `exit code ${status}`}`);
  process.exit(status ?? 1);
}

const scale = 'scale --app shop --group web --idc B --count 20 --template-ip 198.18.1.11 --start --yes'.split(
  ' ',
);
const ask = `
  const answered = new Map();
  for (let i = 0; i < ${REQUESTS}; i++) {
    const answer = await fetch('${ENTRY_OF_ROOM_B}', { headers: { connection: 'close' } });
    if (!answer.ok) throw new Error('HTTP ' + answer.status);
    const { host } = await answer.json();
    answered.set(host, (answered.get(host) ?? 0) + 1);
  }
  const fresh = [...answered].filter(([host]) => host.startsWith('new-b-'));
  const sum = fresh.reduce((total, [, count]) => total + count, 0);
  console.log('${REQUESTS} requests to ${ENTRY_OF_ROOM_B}: ' + sum + ' answered by ' + fresh.length + ' new hosts');
  process.exitCode = fresh.length === 20 ? 0 : 1;
`;

kuafu('lab', 'down', '--name', LAB);
kuafu('lab', 'up', '--name', LAB, '--install');
kuafu('lab', 'run', '--name', LAB, '--', 'kuafu', ...scale);
console.error(`\n$ ${REQUESTS} requests, as an end user, to the entry of room B`);
const { status } = spawnSync(
  process.execPath,
  [KUAFU, 'lab', 'run', '--name', LAB, '--', process.execPath, '--input-type=module', '-e', ask],
  {
    stdio: 'inherit',
  },
);
console.error(`
The rooms are still there. Type next, for example:
  npx kuafu lab run --name ${LAB} -- kuafu ops list
  npx kuafu lab run --name ${LAB} -- kuafu ops show ID      with an ID of that list: each host, each step
  npx kuafu lab run --name ${LAB} -- kuafu scale            the seven questions
  npx kuafu lab run --name ${LAB} -- kuafu resource list
  npx kuafu lab run --name ${LAB}            a shell on the control host
  npx kuafu lab down --name ${LAB}           takes the rooms away`);
process.exitCode = status ?? 1;
