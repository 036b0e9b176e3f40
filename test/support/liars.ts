import type { Liar, SimulatedHost } from './simulated-hosts.js';

/** What a liar knows of the others. */
interface World {
  readonly names: readonly string[];
  readonly size: number;
}

type Answer = (host: SimulatedHost, name: string, world: World, state: { asked: number }) => void;

interface Lie {
  readonly ready?: Answer;
  readonly feed?: Answer;
  readonly size?: Answer;
  readonly gives?: 'all' | 'nothing' | 'rubbish';
}

const GOOD = '0'.repeat(128);
const BAD = 'f'.repeat(128);
const later = (ms: number, say: () => void) => void setTimeout(say, ms);
const say =
  (...lines: readonly string[]): Answer =>
  (host) => {
    for (const line of lines) host.tell(line);
  };
const sayOfAll =
  (line: (name: string) => string): Answer =>
  (host, _, { names }) => {
    for (const name of names) host.tell(line(name));
  };
const honestly: Answer = (host, _, { size }) =>
  later(host.answerMs, () => {
    host.tell(`${host.bytes} bytes`);
    if (host.bytes === size) host.tell(`sum ${host.isSpoiled ? BAD : GOOD}`);
  });

/** Every way of lying that the words of a member allow, and some that they do not. */
export const LIES: Readonly<Record<string, Lie>> = {
  'receivers have no space': { feed: (host, name) => host.tell(`fed ${name} 1 No space left on device`) },
  'receivers let nobody in': { feed: (host, name) => host.tell(`fed ${name} 255 Permission denied`) },
  'receivers break half-way': {
    size: (host, name, world, state) => {
      if (state.asked % 3 === 0)
        sayOfAll((other) => `fed ${other} 255 Broken pipe`)(host, name, world, state);
      honestly(host, name, world, state);
    },
  },
  'receivers have all': { feed: (host, name) => host.tell(`fed ${name} 0 `), gives: 'nothing' },
  'receivers have all, later': {
    feed: (host, name) => later(5000, () => host.tell(`fed ${name} 0 `)),
    gives: 'nothing',
  },
  'the template packs nothing': { feed: (host, name) => host.tell(`fed ${name} 254 tar: torn`) },
  'everybody fails': { size: sayOfAll((name) => `fed ${name} 1 I/O error`) },
  'everybody was given all': { size: sayOfAll((name) => `gave ${name} 60000000`) },
  'it has all': { size: (host, _, { size }) => host.tell(`${size} bytes`), gives: 'nothing' },
  'it has nearly all': { size: (host, _, { size }) => host.tell(`${size - 1} bytes`), gives: 'nothing' },
  'it has more': { size: say('999999999999 bytes') },
  'it has what is no number': { size: say('-5 bytes', 'NaN bytes', '1e9 bytes', '9'.repeat(400)) },
  'it gets more for ever': {
    size: (host, _, { size }, { asked }) => host.tell(`${Math.min(size - 1, asked * 900_000)} bytes`),
    gives: 'nothing',
  },
  'it trickles': { size: (host, _, _world, { asked }) => host.tell(`${asked} bytes`), gives: 'nothing' },
  'it gets ever less': {
    size: (host, _, { size }, { asked }) => host.tell(`${size - 1000 - asked} bytes`),
    gives: 'nothing',
  },
  'a wrong sum at once': { size: say(`sum ${BAD}`) },
  'the right sum at once': { size: say(`sum ${GOOD}`), gives: 'nothing' },
  'two sums': { size: say(`sum ${BAD}`, `sum ${GOOD}`) },
  'never ready': { ready: () => undefined },
  'ready late': { ready: (host) => later(20_000, () => host.tell('ready')) },
  'ready again and again': { ready: say('ready', 'ready'), size: say('ready') },
  'a flood of lines': { size: (host) => host.tell('x'.repeat(400_000).replaceAll('xxxx', 'ab\n')) },
  'a flood without newline': { size: (host) => host.tell('x'.repeat(1_000_000)) },
  'it is broken': { size: say('broken No space left on device') },
  'it is unable': { ready: say('unable read-only') },
  'it gives nothing and says nothing of that': { gives: 'nothing' },
  'it gives rubbish': { gives: 'rubbish' },
  silence: { size: () => undefined },
};

/** A host that tells one of these lies, and is honest beside that. */
export function liar(lie: string, world: World): Liar {
  const { ready, feed, size = honestly, gives = 'all' } = LIES[lie] ?? {};
  const state = { asked: 0 };
  return {
    gives: () => gives,
    answers: (host, verb, name) => {
      const answer = { public: ready, feed, size }[verb];
      if (answer === undefined) return false;
      if (verb === 'size') state.asked++;
      answer(host, name, world, state);
      return true;
    },
  };
}
