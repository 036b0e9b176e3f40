import { describe, expect, it } from 'vitest';
import { readSshArguments } from '../../../../src/lib/config/ansible/ssh-args.js';
import { splitWords } from '../../../../src/lib/shell/words.js';
import { random } from '../../../support/random.js';
import { answerOf, itAgainst, PYTHON } from '../../../support/reference.js';

describe('words for ssh', () => {
  it.each([
    ['', undefined],
    ['-J gw', ['gw']],
    ['-Jgw-a,ops@gw-b:2201', ['gw-a', 'ops@gw-b:2201']],
    ['-o ProxyJump=gw', ['gw']],
    ['-oProxyJump=gw -J later', ['gw']],
    ['-o "ProxyJump gw"', ['gw']],
    ['-o \'proxyjump = "gw"\'', ['gw']],
    ['-o ProxyJump=ssh://ops@gw:2201/', ['ops@gw:2201']],
    ['-o ProxyJump=none', []],
    ['-o ProxyCommand=none -J gw', []],
    ['-qCJ gw', ['gw']],
    ['-o ControlMaster=auto -o ControlPersist=60s -o ProxyJump=gw -o ForwardAgent=yes', ['gw']],
    ['-o ProxyCommand="ssh -W %h:%p -q ops@gw.example.org"', ['ops@gw.example.org']],
    ['-o ProxyCommand="ssh -p 2201 -l ops -o BatchMode=yes -W [%h]:%p gw"', ['ops@gw:2201']],
    ['-o ProxyCommand="/usr/bin/ssh -J outer -W %h:%p gw"', ['outer', 'gw']],
    [`-o 'ProxyCommand=ssh -W %h:%p -o ProxyCommand="ssh -W %h:%p outer" gw'`, ['outer', 'gw']],
  ])('%s: jumps %j', (line, proxyJump) => {
    expect(readSshArguments(line)).toMatchObject({ proxyJump, notFollowed: [] });
  });

  it.each([
    ['-o ProxyCommand="nc -X 5 %h %p"', 'has a ProxyCommand, which kuafu does not run'],
    ['-o ProxyCommand="ssh -i key -W %h:%p gw"', 'has a ProxyCommand, which kuafu does not run'],
    ['-o ProxyCommand="ssh gw nc %h %p"', 'has a ProxyCommand, which kuafu does not run'],
    ['-o HostName=10.0.0.1', 'has a HostName: set ansible_host instead'],
    ['gw', 'has a word that is no option of ssh: "gw"'],
    ['-o "a', 'a quote in it is not closed'],
    ['-J gw\\', 'nothing follows its last backslash'],
  ])('%s are refused', (line, sentence) => {
    expect(() => readSshArguments(line)).toThrow(sentence);
  });

  it('have a bound', () => {
    const endless = `-o "A${' '.repeat(1_000_000)}"`;
    expect(() => readSshArguments(endless)).toThrow('is longer than 4096 characters');
  });

  it('tell what is not followed', () => {
    const line =
      '-F none -4 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o HostKeyAlias=x -vvv';
    expect(readSshArguments(line).notFollowed).toEqual([
      '-F',
      '-4',
      'stricthostkeychecking=no',
      'userknownhostsfile',
      'hostkeyalias',
    ]);
    expect(readSshArguments('-o StrictHostKeyChecking=accept-new')).toMatchObject({
      acceptsNewKeys: true,
      notFollowed: [],
    });
  });
});

describe('words of a line', () => {
  itAgainst([PYTHON, '-c', 'import shlex'], 'python3')('are those of shlex.split, for 1,000 lines', () => {
    const next = random(5);
    const characters = ['a', 'b', ' ', ' ', '\t', '"', "'", '\\', '#', '=', 'é', '\n'];
    const lines = Array.from({ length: 1000 }, () =>
      Array.from(
        { length: Math.floor(next() * 12) },
        () => characters[Math.floor(next() * characters.length)],
      ).join(''),
    );
    const script = `
import json, shlex, sys
def words(line):
    try: return shlex.split(line)
    except ValueError: return None
json.dump([words(line) for line in json.load(sys.stdin)], sys.stdout)`;
    const ours = lines.map((line) => {
      try {
        return splitWords(line);
      } catch {
        return null;
      }
    });
    expect(ours).toEqual(JSON.parse(answerOf([PYTHON, '-c', script], JSON.stringify(lines))));
  });
});
