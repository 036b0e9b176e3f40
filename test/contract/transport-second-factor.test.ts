import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Challenge } from '../../src/lib/ssh/login.js';
import { jumpHosts } from '../support/jump-hosts.js';
import { connectErrorOf, SshFixture, script } from '../support/ssh-fixture.js';
import type { Sshd } from '../support/sshd.js';
import { CODE, givenCodes, sshdThatAsks } from '../support/sshd-that-asks.js';

let fixture: SshFixture;
let asking: Sshd;

beforeAll(async () => {
  fixture = new SshFixture();
  asking = await sshdThatAsks(fixture, 'AuthenticationMethods publickey,keyboard-interactive');
});
afterEach(() => fixture.reset());
afterAll(() => fixture.close());

/** A person at a terminal who types these, the last one again and again. */
function person(...answers: string[]) {
  const asked: Challenge[] = [];
  const answerChallenge = async (challenge: Challenge) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? '';
    asked.push(challenge);
    return challenge.prompts.map(() => answer);
  };
  return { asked, answerChallenge };
}

describe('a second factor', () => {
  test('is asked for after the key, with the host that asks', async () => {
    const { asked, answerChallenge } = person(CODE);
    const session = await fixture.connections({ answerChallenge }).session(fixture.host('web', asking.port));
    expect(await session.run(script('echo in'))).toMatchObject({ stdout: 'in\n' });
    expect(asked).toMatchObject([{ host: 'web', prompts: [{ isShown: false }] }]);
  });

  test('without anybody to ask: the key is said to be accepted, and nothing is sent', async () => {
    const before = givenCodes(fixture).length;
    const error = await connectErrorOf(fixture.connections().session(fixture.host('web', asking.port)));
    expect(error).toMatchObject({ failure: 'auth-refused', exitCode: 5 });
    expect(error.message).toBe(
      `web: no login as root@127.0.0.1: it accepts ${fixture.client.file} and wants a second factor (keyboard-interactive)`,
    );
    expect(error.hint).toContain('on a terminal and without --no-input');
    expect(givenCodes(fixture)).toHaveLength(before);
  });

  test('a wrong code may be typed again, and no more than three times', async () => {
    const second = person('wrong', CODE);
    await fixture.connections(second).session(fixture.host('web', asking.port));
    expect(second.asked).toHaveLength(2);
    const never = person('wrong');
    const error = await connectErrorOf(fixture.connections(never).session(fixture.host('web', asking.port)));
    expect(never.asked).toHaveLength(3);
    expect(error.message).toContain('and does not take what it was given');
  });

  test('of a kind that kuafu does not give is named', async () => {
    const own = await fixture.sshd(
      'PasswordAuthentication yes\nPermitRootLogin yes\nAuthenticationMethods publickey,password',
    );
    const error = await connectErrorOf(
      fixture.connections(person(CODE)).session(fixture.host('web', own.port)),
    );
    expect(error.message).toContain(`it accepts ${fixture.client.file} and wants a second factor (password)`);
  });

  test('two keys are a second factor as well', async () => {
    const other = fixture.lab.key('other');
    const own = await fixture.lab.sshd(
      [fixture.hostKey],
      [fixture.client, other],
      'AuthenticationMethods publickey,publickey',
    );
    const identityFiles = [fixture.lab.key('stranger').file, fixture.client.file, other.file];
    await fixture.connections().session(fixture.host('web', own.port, { identityFiles }));
  });
});

describe('at a jump host', () => {
  test('it is asked once, for all that are behind it', async () => {
    const targets = await Promise.all([fixture.sshd(), fixture.sshd(), fixture.sshd()]);
    const gw = fixture.host('gw', asking.port);
    const { asked, answerChallenge } = person(CODE);
    const connections = fixture.connections({ answerChallenge, findJumpHost: jumpHosts(gw) });
    const hosts = targets.map(({ port }, n) => fixture.host(`web-${n}`, port, { proxyJump: ['gw'] }));
    const sessions = await Promise.all(hosts.map((host) => connections.session(host)));
    const outputs = await Promise.all(sessions.map((session) => session.run(script('echo in'))));
    expect(outputs.map(({ stdout }) => stdout)).toEqual(['in\n', 'in\n', 'in\n']);
    expect(asked.map(({ host }) => host)).toEqual(['gw']);
  });

  test('it is asked once, also for connections that go through those of others', async () => {
    const [one, two] = await Promise.all([fixture.sshd(), fixture.sshd()]);
    const gw = fixture.host('gw', asking.port);
    const { asked, answerChallenge } = person(CODE);
    const options = { answerChallenge, findJumpHost: jumpHosts(gw) };
    const first = fixture.connections(options);
    const second = fixture.connections({ ...options, through: first });
    await Promise.all([
      second.session(fixture.host('web-1', one.port, { proxyJump: ['gw'] })),
      first.session(fixture.host('web-2', two.port, { proxyJump: ['gw'] })),
    ]);
    expect(asked).toHaveLength(1);
  });

  test('without anybody to ask, all behind it are told the same', async () => {
    const target = await fixture.sshd();
    const gw = fixture.host('gw', asking.port);
    const connections = fixture.connections({ findJumpHost: jumpHosts(gw) });
    const error = await connectErrorOf(
      connections.session(fixture.host('web', target.port, { proxyJump: ['gw'] })),
    );
    expect(error.message).toContain('web: its jump host: gw: no login as root@127.0.0.1: it accepts');
  });
});

describe('without a key', () => {
  test('a host that takes nothing but what is typed is asked', async () => {
    const own = await sshdThatAsks(fixture, 'AuthenticationMethods keyboard-interactive');
    const { asked, answerChallenge } = person(CODE);
    await fixture.connections({ answerChallenge }).session(fixture.host('web', own.port));
    expect(asked).toHaveLength(1);
  });

  test('a host that refuses the key is not asked for a password in its place; a jump host is', async () => {
    const own = await sshdThatAsks(fixture, 'PubkeyAuthentication yes');
    const identityFiles = [fixture.lab.key('unknown').file];
    const { asked, answerChallenge } = person(CODE);
    const host = fixture.host('web', own.port, { identityFiles });
    const error = await connectErrorOf(fixture.connections({ answerChallenge }).session(host));
    expect(error.message).toContain('it refuses');
    expect(asked).toEqual([]);
    const target = await fixture.sshd();
    const gw = fixture.host('gw', own.port, { identityFiles });
    const connections = fixture.connections({ answerChallenge, findJumpHost: jumpHosts(gw) });
    await connections.session(fixture.host('web', target.port, { proxyJump: ['gw'] }));
    expect(asked.map(({ host: name }) => name)).toEqual(['gw']);
  });
});
