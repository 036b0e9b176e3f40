import { describe, expect, it } from 'vitest';
import { FollowedFiles } from '../../../src/lib/logs/followed-files.js';
import { Why } from '../../../src/lib/logs/left-out.js';
import { ListingReader } from '../../../src/lib/logs/listing.js';
import { FollowRoom, LOG } from './follow-room.js';

describe('FollowedFiles', () => {
  it('reads a file in chunks, and joins the lines and the letters that they cut', () => {
    const room = new FollowRoom('all', 3);
    room.write('1_1_1', LOG, 'grüße\nzwei\n');
    room.read();
    expect(room.seen).toEqual(['grüße', 'zwei']);
  });

  it('goes on from the first byte of the line that had not ended when the link broke', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, 'one\ntw');
    room.read();
    expect(room.files.get('1_1_1')?.at).toBe(6);
    room.files.linkLost();
    expect(room.files.get('1_1_1')?.at).toBe(4);
    room.write('1_1_1', LOG, 'o\n');
    room.read();
    expect(room.seen).toEqual(['one', 'two']);
  });

  it('reads the rest of what was rotated away, then what came and went, then what is there', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, 'a1 and more\n');
    room.read();
    room.write('1_1_1', LOG, 'a2 and more\na3 and more\n');
    room.rename(LOG, `${LOG}.1`);
    room.write('1_2_1', LOG, 'b1 and more\nb2 and more\n');
    room.rename(`${LOG}.1`, `${LOG}.2`);
    room.rename(LOG, `${LOG}.1`);
    room.write('1_3_1', LOG, 'c1 and more\n');
    room.read(60);
    expect(room.seen).toEqual([
      'a1 and more',
      'a2 and more',
      'a3 and more',
      'b1 and more',
      'b2 and more',
      'c1 and more',
    ]);
  });

  it('gives up a name that is another file at each look, and ends', () => {
    const room = new FollowRoom();
    room.write('1_1_1', '/l/app.log.1', 'old and read\n');
    let rounds = 0;
    do {
      room.rename(LOG);
      room.write(`1_${++rounds + 1}_1`, LOG, 'never\n');
      room.round();
    } while (room.files.hasMore && rounds < 200);
    expect(rounds).toBeLessThan(50);
    expect(room.files.notices()).toContainEqual({ what: 'left-out', path: LOG, why: Why.fleeting });
  });

  it('gives up what the kernel makes, whatever its inode is next time', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, '');
    room.round();
    room.files.refused('1_1_1', Why.ofKernel);
    room.rename(LOG);
    room.write('1_2_1', LOG, 'never\n');
    room.read();
    expect(room.files.hasMore).toBe(false);
    expect([room.seen, room.files.notices()]).toEqual([
      [],
      [{ what: 'left-out', path: LOG, why: Why.ofKernel }],
    ]);
  });

  it('begins anew, and says so, when a file was cut to nothing', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, 'long line\nhalf');
    room.read();
    room.cut('1_1_1');
    room.round();
    room.write('1_1_1', LOG, 'new\n');
    room.read();
    expect(room.seen).toEqual(['long line', 'new']);
    expect(room.files.notices()).toEqual([{ what: 'truncated', path: LOG, at: 14 }]);
  });

  it('says what is gone, once it was nowhere for a few looks', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, 'x\n');
    room.read();
    room.rename(LOG);
    room.round();
    expect(room.files.notices()).toEqual([]);
    for (let round = 0; round < 4; round++) room.round();
    expect(room.files.notices()).toEqual([{ what: 'gone', path: LOG, at: 2 }]);
  });

  it('does not ask again and again for what the host will not open', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, 'x\n');
    room.round();
    expect(room.files.asks()).toHaveLength(1);
    room.files.refused('1_1_1', 68);
    room.round();
    expect(room.files.asks()).toEqual([]);
    expect(room.files.hasMore).toBe(false);
    expect(room.files.notices()).toEqual([{ what: 'left-out', path: LOG, why: 68 }]);
  });

  it('goes by another name of a file where the first is none of its own', () => {
    const files = new FollowedFiles({ chunkBytes: 8, roundBytes: 1000, lastLines: 3 });
    const records = Buffer.from('f 1 1_1_1 9 1 81a4 /app/bad.log\0f 1 1_1_1 9 1 81a4 /l/good.log\0');
    const look = () => files.listed(new ListingReader(['/l'], 100).read(records), true);
    look();
    expect(files.asks()).toEqual([{ kind: 'begin', id: '1_1_1', path: '/app/bad.log', lines: 3 }]);
    files.refused('1_1_1', 68);
    expect(files.hasMore).toBe(true);
    look();
    expect(files.asks()).toEqual([{ kind: 'begin', id: '1_1_1', path: '/l/good.log', lines: 3 }]);
  });

  it('comes to rest beside a line without an end, that a filter holds back', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, 'no end');
    room.round();
    room.files.begun('1_1_1', 0);
    const file = room.files.get('1_1_1');
    if (file === undefined) throw new Error('it is not followed');
    room.files.wasRead(file, 0, 0);
    expect(room.files.hasMore).toBe(false);
  });

  it('takes the word of a host that filters for how far it read', () => {
    const room = new FollowRoom();
    room.write('1_1_1', LOG, 'x'.repeat(900));
    room.round();
    const file = room.files.get('1_1_1');
    file?.begun(0);
    expect(file?.take(Buffer.from('match\n'), 900).map(({ text }) => text)).toEqual(['match']);
    expect(file?.at).toBe(900);
  });
});
