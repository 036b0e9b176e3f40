import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HealthCheck } from '../../src/lib/config/config-types.js';
import { loadConfig } from '../../src/lib/config/load.js';
import { askHealth } from '../../src/lib/host/health-check.js';
import { buildInventory } from '../../src/lib/inventory/inventory.js';
import { openConnections } from '../../src/lib/ssh/connections.js';
import type { Connections, Session } from '../../src/lib/ssh/transport.js';
import { jumpHosts } from '../support/jump-hosts.js';
import { LabRoom } from '../support/lab-room.js';
import { untilListening } from '../support/until-listening.js';

// The health check against servers on a real host: TLS with good and bad certificates, names, ports, redirects.
const room = new LabRoom();
const HOST = 'web-b-01';
const FOLDER = '/root/own-tls';
const PORTS = { good: 8451, expired: 8452, echo: 8453, redirect: 8454 };
let connections: Connections;
let session: Session;
let folder: string;
let ca: string;

// An authority of its own, a certificate of it for www.shop.test and the host's address, and one that is over.
const START = `
set -e
mkdir -p ${FOLDER}; cd ${FOLDER}
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Shop authority' -keyout ca.key -out ca.crt 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=www.shop.test -keyout key -out csr 2>/dev/null
printf 'subjectAltName=DNS:www.shop.test,IP:198.18.2.11\\n' > names
openssl x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out good.crt 2>/dev/null
openssl x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -days -1 -extfile names -out expired.crt 2>/dev/null
for each in good expired; do cat key $each.crt > $each.pem; done
cat > echo.sh <<'EOF'
#!/bin/sh
cr=$(printf '\\r')
status=404
while read -r line; do
  line=\${line%"$cr"}
  case $line in
    [Hh]ost:' '198.18.2.11:${PORTS.echo}) status=200 ;;
    '') break ;;
  esac
done
printf 'HTTP/1.1 %s x\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n' $status
EOF
cat > redirect.sh <<'EOF'
#!/bin/sh
while read -r line && [ "\${#line}" -gt 1 ]; do :; done
printf 'HTTP/1.1 302 Found\\r\\nLocation: /login\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n'
EOF
chmod +x echo.sh redirect.sh
serve() { setsid socat "$@" >/dev/null 2>&1 </dev/null & echo $! >> pids; }
serve OPENSSL-LISTEN:${PORTS.good},reuseaddr,fork,cert=good.pem,verify=0 TCP:127.0.0.1:8080
serve OPENSSL-LISTEN:${PORTS.expired},reuseaddr,fork,cert=expired.pem,verify=0 TCP:127.0.0.1:8080
serve TCP-LISTEN:${PORTS.echo},reuseaddr,fork EXEC:${FOLDER}/echo.sh
serve TCP-LISTEN:${PORTS.redirect},reuseaddr,fork EXEC:${FOLDER}/redirect.sh
${untilListening(...Object.values(PORTS))}`;

beforeAll(async () => {
  await room.open();
  const config = await loadConfig({ file: process.env.KUAFU_CONFIG, secrets: 'unneeded' });
  connections = openConnections({
    knownHostsFiles: config.ssh.knownHosts,
    newKeysFile: join(dirname(config.ledger.file), 'accepted_host_keys'),
    findJumpHost: jumpHosts(),
  });
  session = await connections.session(buildInventory(config, []).host(HOST));
  await room.inHost(HOST, START);
  folder = await mkdtemp(join(tmpdir(), 'kuafu-ca-'));
  ca = join(folder, 'ca.crt');
  await writeFile(ca, await room.inHost(HOST, `cat ${FOLDER}/ca.crt`));
});
afterAll(async () => {
  await room.inHost(HOST, `for pid in $(cat ${FOLDER}/pids); do kill $pid || true; done; rm -rf ${FOLDER}`);
  await connections.close();
  await rm(folder, { recursive: true });
  await room.close();
});

async function ask(url: string, over: Partial<HealthCheck> = {}) {
  const check = { http: url, passes: 1, everyMs: 1, timeoutMs: 10_000, withinMs: 1, status: OK, ...over };
  return await askHealth(session, new URL(url), check);
}
const OK = [[200, 299]] as const;
const of = (port: number, host = '198.18.2.11', scheme = 'https') => `${scheme}://${host}:${port}/healthz`;
const notTrusted = { state: 'unknown', reason: expect.stringContaining('its certificate is not trusted') };

it.each([
  ['the address, by its authority', of(PORTS.good), () => ({ ca }), { state: 'healthy' }],
  ['the name that is said', of(PORTS.good), () => ({ ca, host: 'www.shop.test' }), { state: 'healthy' }],
  ['another name', of(PORTS.good), () => ({ ca, host: 'www.other.test' }), notTrusted],
  ['another address', of(PORTS.good, '127.0.0.1'), () => ({ ca }), notTrusted],
  ['an authority that nobody knows', of(PORTS.good), () => ({}), notTrusted],
  ['an authority that is not there', of(PORTS.good), () => ({ ca: '/nowhere/ca.crt' }), notTrusted],
  ['a certificate that is over', of(PORTS.expired), () => ({ ca }), notTrusted],
  [
    'a certificate that is over, `insecure`',
    of(PORTS.expired),
    () => ({ insecure: true }),
    { state: 'healthy' },
  ],
  [
    'another name, `insecure`',
    of(PORTS.good),
    () => ({ insecure: true, host: 'www.other.test' }),
    { state: 'healthy' },
  ],
  ['no TLS where TLS is wanted', of(8080), () => ({ insecure: true }), { state: 'sick' }],
  ['TLS where none is wanted', of(PORTS.good, '198.18.2.11', 'http'), () => ({}), { state: 'sick' }],
  [
    'a redirect',
    of(PORTS.redirect, '198.18.2.11', 'http'),
    () => ({}),
    { state: 'sick', reason: 'HTTP 302' },
  ],
  [
    'a redirect that is right',
    of(PORTS.redirect, '198.18.2.11', 'http'),
    () => ({ status: [[302, 302]] }),
    { state: 'healthy' },
  ],
  ['the port in the Host header', of(PORTS.echo, '198.18.2.11', 'http'), () => ({}), { state: 'healthy' }],
  [
    'another Host header',
    of(PORTS.echo, '198.18.2.11', 'http'),
    () => ({ host: 'www.shop.test' }),
    { state: 'sick', reason: 'HTTP 404' },
  ],
] as [string, string, () => Partial<HealthCheck>, object][])('%s', async (_, url, over, health) => {
  expect(await ask(url, over())).toMatchObject(health);
});
