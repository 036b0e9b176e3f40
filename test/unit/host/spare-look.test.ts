import { describe, expect, it } from 'vitest';
import { lookAtSpare } from '../../../src/lib/host/spare-look.js';
import { CommandTimeoutError } from '../../../src/lib/ssh/connect-error.js';
import { FakeConnections } from '../../support/fake-connections.js';
import { hostNamed } from '../../support/fake-room.js';
import { spoken } from '../../support/told-host.js';

const spare = hostNamed('new-b-01');
const tree = { paths: ['/opt/shop'], exclude: [], digest: 'd', bytes: 1 } as const;
const packed = { codec: 'zstd', digest: 'e', bytes: 1 } as const;
const need = {
  ...{ arch: 'x86_64', osId: 'debian', tools: [], diskFree: [], idleUnit: 'shop.service' },
  place: { tree: { ...tree, packed }, env: '', replace: false },
};
const FIT = 'arch=x86_64\nos=debian\n';
const isFacts = (line: string) => line.includes('uname');

describe('a spare', () => {
  it('that tells no fact in time could not be asked, and is not waited for as long as its files are', async () => {
    const session = await new FakeConnections().session(spare);
    const asked: string[] = [];
    const hung: typeof session = {
      ...session,
      run: async (command) => {
        asked.push(spoken(command).split(' ')[0] ?? '');
        throw new CommandTimeoutError('new-b-01', 'sh', command.timeoutMs);
      },
    };
    const message = 'new-b-01 could not be asked: reading its facts gave no result within 20 s';
    await expect(lookAtSpare(hung, need)).rejects.toMatchObject({ name: 'NoAnswerError', message });
    expect(asked).toEqual(['host/facts']);
  });

  it.each([
    ['facts', { stdout: FIT, truncated: true }, {}, 'reading its facts'],
    ['obstacles', { stdout: FIT }, { truncated: true }, 'looking at what is there'],
  ])('whose %s were cut off could not be asked', async (_, facts, obstacles, what) => {
    const hosts = new FakeConnections()
      .always('new-b-01', isFacts, facts)
      .always('new-b-01', (line) => !isFacts(line), obstacles);
    const look = lookAtSpare(await hosts.session(spare), need);
    const message = `new-b-01 could not be asked: ${what} gave more than is read`;
    await expect(look).rejects.toMatchObject({ name: 'NoAnswerError', message });
  });

  it('that tells all is fit', async () => {
    const hosts = new FakeConnections()
      .always('new-b-01', isFacts, { stdout: FIT })
      .always('new-b-01', /./, {});
    expect(await lookAtSpare(await hosts.session(spare), need)).toEqual({ unmet: [] });
  });
});
