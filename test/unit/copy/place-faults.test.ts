import { describe, expect, it } from 'vitest';
import { PlaceFaults } from '../../../src/lib/copy/place-faults.js';

const culprits = async (ends: readonly string[]) => {
  const places = new PlaceFaults('template');
  const acquitted: string[] = [];
  const acquit = async (host: string) => void acquitted.push(host);
  const all = await Promise.all(
    ends.map((words, index) =>
      places.during(async () => {
        await new Promise((resolve) => setTimeout(resolve, index));
        if (words !== '') return (await places.faultOf(`h${index + 1}`, words, acquit)).culprit ?? 'the host';
        places.succeeded();
        return '';
      }),
    ),
  );
  return { all, acquitted };
};

describe('whose fault it is that an archive cannot be put in place', () => {
  it.each([
    ['two in the same words', ['torn', 'torn'], ['template', 'template']],
    ['all in the same words', ['torn', 'torn', 'torn'], ['template', 'template', 'template']],
    ['one of three', ['torn', '', ''], ['the host', '', '']],
    ['two in their own words', ['torn', 'full'], ['the host', 'the host']],
    ['two in the same words where one could', ['', 'torn', 'torn'], ['', 'the host', 'the host']],
    ['the only one', ['torn'], ['the host']],
  ])('%s', async (_, ends, wanted) => {
    expect((await culprits(ends)).all).toEqual(wanted);
  });

  it('takes it back from the one before, when the next says the same', async () => {
    const places = new PlaceFaults('template');
    const acquitted: string[] = [];
    const acquit = async (host: string) => void acquitted.push(host);
    const fail = (host: string) => places.during(() => places.faultOf(host, 'torn', acquit));
    expect((await fail('h1')).culprit).toBeUndefined();
    expect(acquitted).toEqual([]);
    expect((await fail('h2')).culprit).toBe('template');
    expect(acquitted).toEqual(['h1']);
  });
});
