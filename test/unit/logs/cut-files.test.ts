import { expect, it } from 'vitest';
import { FollowRoom, LOG } from './follow-room.js';

const line = (number: number) => `line ${String(number).padStart(2, '0')}\n`;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => line(from + index)).join('');
const all = (from: number, to: number) => lines(from, to).trim().split('\n');

/** A log of which 3 lines were read before nobody looked any more. */
function unwatched(): FollowRoom {
  const room = new FollowRoom();
  room.write('1_1_1', LOG, lines(1, 3));
  room.read();
  room.files.linkLost();
  return room;
}

it('goes on in the copy of a file that was cut and has more by now than had been read', () => {
  const room = unwatched();
  room.write('1_1_1', LOG, lines(4, 9));
  room.copy('1_1_1', '2_2_2', `${LOG}.1`);
  room.cut('1_1_1');
  room.write('1_1_1', LOG, lines(10, 31));
  room.read();
  expect(room.seen).toEqual(all(1, 31));
  expect(room.files.notices()).toEqual([{ what: 'truncated', path: LOG, at: 24, copy: `${LOG}.1` }]);
});

it('goes on through copies of two cuts', () => {
  const room = unwatched();
  for (const [id, path, from] of [
    ['2_2_2', `${LOG}.2`, 4],
    ['3_3_3', `${LOG}.1`, 8],
  ] as const) {
    room.write('1_1_1', LOG, lines(from, from + 3));
    room.copy('1_1_1', id, path);
    room.cut('1_1_1');
  }
  room.write('1_1_1', LOG, lines(12, 13));
  room.read();
  expect(room.seen).toEqual(all(1, 13));
});

it('says that lines may be lost where no copy is, as where another log is there', () => {
  const room = unwatched();
  room.write('1_1_1', LOG, lines(4, 9));
  room.cut('1_1_1');
  room.write('1_1_1', LOG, lines(10, 31));
  room.write('2_2_2', `${LOG}.1`, lines(50, 70));
  room.write('4_4_4', `${LOG}.2.gz`, lines(1, 9));
  room.read();
  expect(room.seen).toEqual([...all(1, 3), ...all(10, 31)]);
  expect(room.files.notices()).toEqual([{ what: 'truncated', path: LOG, at: 24, copy: undefined }]);
});

it('does not take a file that only grew for another', () => {
  const room = unwatched();
  for (let number = 4; number < 400; number += 30) {
    room.write('1_1_1', LOG, lines(number, number + 29));
    room.read();
    room.files.doubt();
    room.read();
  }
  expect(room.seen).toHaveLength(new Set(room.seen).size);
  expect(room.files.notices()).toEqual([]);
});
