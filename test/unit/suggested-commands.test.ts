import { describe, expect, it } from 'vitest';
import { faultsOfLine } from '../support/command-faults.js';
import { suggestedInSource, suggestedInSources } from '../support/suggested-lines.js';

const lines = suggestedInSources();

describe('a command line that kuafu tells to type', () => {
  it('is found in the texts of the sources', () => {
    expect(lines.filter(({ isName }) => !isName).length).toBeGreaterThan(200);
  });

  it('is there, and whole', async () => {
    const faults: string[] = [];
    for (const { at, line, isName } of lines)
      for (const fault of await faultsOfLine(line, { whole: !isName }))
        faults.push(`${at} ${line}: ${fault}`);
    expect(faults).toEqual([]);
  });

  it.each([
    ['kuafu resource release', 'without hosts'],
    ['kuafu ops answer k3f9', 'without word'],
    ['kuafu ops close gives it up', 'without id'],
    ['kuafu ops show k3f9 web-b-01 tells', 'one word too many: web-b-01'],
    ['kuafu ops list --mine', 'no --mine'],
    ['kuafu ops lst', 'no command lst'],
    ['kuafu traffic repair --app shop', 'without app and room'],
    ['kuafu exec -- uptime', 'without hosts'],
    ['kuafu logs grep timeout', 'without hosts'],
    ['kuafu scale --undo', "error: option '--undo <id>' argument missing"],
  ])('is missed where it is not whole: %s', async (line, fault) => {
    expect(await faultsOfLine(line, { whole: true })).toEqual([fault]);
  });

  it.each([
    ['kuafu ops show k3f9 tells how far it is'],
    ['kuafu restart --app shop later'],
    ['kuafu traffic COMMAND web-b-01'],
    ['kuafu cannot run'],
  ])('ends where the sentence goes on: %s', async (line) => {
    expect(await faultsOfLine(line, { whole: true })).toEqual([]);
  });

  it('is read with names in the places of values', () => {
    const source = [
      "const key = { 'kuafu exec': `go on: kuafu ops resume ${id}; or kuafu start ${fold(names)}; kuafu ops list ${quote(`kuafu ops show ${id}`)}` };",
      "const sum = 'as by kuafu traffic ' + `drain ${all ? '@idc:B' : one}, and so on`;",
    ].join('\n');
    expect(suggestedInSource('src/a.ts', source).map(({ at, line }) => `${at} ${line}`)).toEqual([
      'src/a.ts:1 kuafu ops resume k3f9',
      'src/a.ts:1 kuafu start web-b-01',
      'src/a.ts:1 kuafu ops list k3f9',
      'src/a.ts:1 kuafu ops show k3f9',
      'src/a.ts:2 kuafu traffic drain @idc:B',
    ]);
  });
});
