// An SSH server that lets one key in and ends every command with status 0 after 50 ms. Says its port and host key.
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';

const { Server, utils } = ssh2;
const HOLD_MS = 50;
const allowed = utils.parseKey(readFileSync(`${process.argv[2]}.pub`)).getPublicSSH();
const own = utils.generateKeyPairSync('ed25519');

const server = new Server({ hostKeys: [own.private] }, (client) => {
  client.on('error', () => undefined);
  client.on('authentication', (context) => {
    const isOurs = context.method === 'publickey' && context.key.data.equals(allowed);
    if (isOurs) context.accept();
    else context.reject(['publickey']);
  });
  client.on('session', (accept) => {
    accept().on('exec', (acceptExec, _reject, { command }) => {
      const channel = acceptExec();
      // What a host prints on both streams before the command; see src/lib/ssh/remote-line.ts.
      const [, one, other] = / kuafu (\S+) (\S+) '/.exec(command);
      for (const stream of [channel, channel.stderr]) stream.write(one + other);
      setTimeout(() => {
        channel.exit(0);
        channel.end();
      }, HOLD_MS);
    });
  });
});
server.listen(0, '0.0.0.0', () => {
  const [type, key] = own.public.split(' ');
  console.log(JSON.stringify({ port: server.address().port, hostKey: `${type} ${key}` }));
});
