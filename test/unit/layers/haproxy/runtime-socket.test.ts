import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ask, call, requireAdmin } from '../../../../src/lib/layers/http/haproxy/runtime-socket.js';
import { StepFailure } from '../../../../src/lib/run/step-handler.js';
import { FakeConnections } from '../../../support/fake-connections.js';
import { hostNamed } from '../../../support/fake-room.js';

const backend = { balancer: 'lb-b', socket: '/run/haproxy/admin.sock', backend: 'shop' };

/** Says the same for as long as somebody listens. */
function endless(): Duplex {
  return new Duplex({
    read() {
      this.push(Buffer.alloc(65_536, 'x'));
    },
    write: (_chunk, _encoding, done) => done(),
  });
}

async function sessionWith(answer: () => Duplex) {
  return await new FakeConnections().socket('lb-b', backend.socket, answer).session(hostNamed('lb-b'));
}

it('an answer without end is cut off, and the balancer is named', async () => {
  const asked = call({ session: await sessionWith(endless), backend }, 'show stat');
  await expect(asked).rejects.toThrow(StepFailure);
  await expect(asked).rejects.toThrow('balancer lb-b answers without end');
});

it('ends with the signal', async () => {
  const silent = () => new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const cut = new AbortController();
  const asked = call({ session: await sessionWith(silent), backend, signal: cut.signal }, 'show stat');
  setImmediate(() => cut.abort(new Error('enough')));
  await expect(asked).rejects.toThrow('enough');
});

it.each(['show stat; disable server shop/a', 'show stat\nquit', 'set server shop/$(id) state ready'])(
  'never is sent %j',
  async (command) => {
    await expect(call({ session: await sessionWith(endless), backend }, command)).rejects.toThrow(
      'never sent',
    );
  },
);

/** Says it to whatever is asked, and closes. */
const saying = (text: string) => () =>
  new Duplex({
    read() {
      this.push(text);
      this.push(null);
    },
    write: (_chunk, _encoding, done) => done(),
  });

describe('an answer that was cut off', () => {
  it.each([
    ['before it began', ''],
    ['after a row', 'shop/web-b-01 UP\n'],
    ['within a row', 'shop/web-b-01 UP\nshop/we'],
  ])('is none: %s', async (_, answer) => {
    const asked = ask({ session: await sessionWith(saying(answer)), backend }, 'show servers state shop');
    await expect(asked).rejects.toThrow('balancer lb-b gave no whole answer on /run/haproxy/admin.sock');
  });

  it('is none for a command, of which nobody knows whether it was obeyed', async () => {
    const server = 'set server shop/web-b-01 state drain';
    await expect(call({ session: await sessionWith(saying('')), backend }, server)).rejects.toThrow(
      'no whole answer',
    );
    expect(await call({ session: await sessionWith(saying('\n')), backend }, server)).toBe('\n');
    expect(
      await call({ session: await sessionWith(saying('Server deleted.\n')), backend }, 'del server shop/a'),
    ).toBe('Server deleted.\n');
  });
});

describe('a socket below level admin', () => {
  it.each(['operator', 'user'])('is found before anything is begun: %s', async (level) => {
    const asked = requireAdmin({ session: await sessionWith(saying(`${level}\n\n`)), backend });
    await expect(asked).rejects.toThrow('that socket must be "level admin"');
  });

  it.each(['admin', 'Unknown command.'])('is none where it says %s', async (level) => {
    await requireAdmin({ session: await sessionWith(saying(`${level}\n\n`)), backend });
  });

  it('is named when a command is denied', async () => {
    const asked = call({ session: await sessionWith(saying('Permission denied\n\n')), backend }, 'show stat');
    await expect(asked).rejects.toThrow('that socket must be "level admin"');
  });
});

describe('the same question', () => {
  /** A socket that tells how often it was asked, each time when it is let. */
  async function counting() {
    let count = 0;
    const lets: (() => void)[] = [];
    const session = await sessionWith(() => {
      count += 1;
      const answer = `${count}\n\n`;
      const stream: Duplex = new Duplex({
        read: () => undefined,
        write: (_chunk, _encoding, done) => {
          lets.push(() => {
            stream.push(answer);
            stream.push(null);
          });
          done();
        },
      });
      return stream;
    });
    const answerOne = async () => {
      await expect.poll(() => lets.length, { timeout: 20_000 }).toBe(1);
      lets.shift()?.();
    };
    return { session, answerOne };
  }

  it('of many is asked once, and who comes while it is answered gets the next answer', async () => {
    const { session, answerOne } = await counting();
    const first = [1, 2, 3].map(() => ask({ session, backend }, 'show info'));
    await new Promise(setImmediate);
    const later = [1, 2].map(() => ask({ session, backend }, 'show info'));
    await answerOne();
    expect(await Promise.all(first)).toEqual(Array(3).fill('1\n\n'));
    await answerOne();
    expect(await Promise.all(later)).toEqual(Array(2).fill('2\n\n'));
  });

  it('ends for one with its signal, and goes on for the others', async () => {
    const { session, answerOne } = await counting();
    const cut = new AbortController();
    const cutOff = ask({ session, backend, signal: cut.signal }, 'show info');
    const other = ask({ session, backend }, 'show info');
    cut.abort(new Error('enough'));
    await expect(cutOff).rejects.toThrow('enough');
    await answerOne();
    expect(await other).toBe('1\n\n');
  });
});
