import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/lib/errors.js';
import { build, useHome } from '../config/ansible/written-inventory.js';

useHome();

const names = (hosts: Iterable<{ name: string }>) => [...hosts].map(({ name }) => name);

describe('the inventory', () => {
  it('knows every host, in natural order', async () => {
    const inventory = await build();
    expect(names(inventory.hosts.values()).join(' ')).toBe(
      'gw-a gw-b lb-a new-a-1 new-a-2 new-b-1 new-b-2 new-b-10 web-a-1 web-a-2 web-a-10 web-b-1',
    );
    expect(inventory.host('gw-b').ssh.address).toBe('203.0.113.12');
    expect(inventory.byAddress('198.18.1.12')?.name).toBe('web-a-2');
    expect(inventory.byAddress('FD00:2:0::11')?.name).toBe('web-b-1');
    expect(inventory.byAddress('[fd00:2::11]')?.name).toBe('web-b-1');
    expect(inventory.byAddress('198.18.1.99')).toBeUndefined();
    expect(inventory.host('FD00:2:0::11').name).toBe('web-b-1');
    expect(['198.18.1.1', '203.0.113.11'].map((address) => inventory.host(address).name)).toEqual([
      'gw-a',
      'gw-a',
    ]);
    expect(() => inventory.host('web-a-3')).toThrow(`there is no host "web-a-3" (did you mean 'web-a-1'?)`);
  });

  it('counts an assigned spare as a member', async () => {
    const inventory = await build();
    expect(inventory.host('new-b-2').role).toBe('member');
    expect(names(inventory.spares('B'))).toEqual(['new-b-1', 'new-b-10']);
    expect(names(inventory.members('shop', 'web', 'B'))).toEqual(['new-b-2', 'web-b-1']);
    expect(names(inventory.members('shop', 'api', 'B'))).toEqual([]);
    expect(() => inventory.members('shop', 'wbe', 'B')).toThrow(
      `no group of application shop "wbe" (did you mean 'web'?)`,
    );
    expect(() => inventory.members('shoop', 'web', 'B')).toThrow(UsageError);
    expect(() => inventory.members('shop', 'web', 'C')).toThrow('there is no room "C"');
  });

  it.each([
    ['web-a-[1-2]', 'web-a-1 web-a-2'],
    ['@app:shop&@idc:B', 'new-b-2 web-b-1'],
    ['@app:shop!@room:B', 'web-a-1 web-a-2 web-a-10'],
    ['@app:shop&@idc:A!web-a-2', 'web-a-1 web-a-10'],
    ['@group:web&@app:mail', 'web-a-1'],
    ['@role:spare', 'new-a-1 new-a-2 new-b-1 new-b-10'],
    ['@all', 'lb-a new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['@idc:B', 'new-b-2 web-b-1'],
    ['@idc:B,new-b-10', 'new-b-2 new-b-10 web-b-1'],
    ['@idc:B&@role:spare', 'new-b-1 new-b-10'],
    ['@all&gw-a', 'gw-a'],
    ['@all,@role:gateway!@role:member', 'gw-a gw-b'],
    // Who takes spare hosts out does not name them for what comes after.
    ['@idc:A!@role:spare,@idc:B', 'lb-a new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['@app:shop!new-b-1,@idc:B', 'new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['new-b-1!new-b-1,@idc:B', 'new-b-2 web-b-1'],
    ['web-b-1&new-b-1,@idc:B', 'new-b-2 web-b-1'],
    ['new-b-1^new-b-1,@idc:B', 'new-b-2 web-b-1'],
    ['@role:spare!@idc:B', 'new-a-1 new-a-2'],
    ['@idc:B^new-b-1', 'new-b-1 new-b-2 web-b-1'],
    ['@idc:B^@role:member', 'lb-a web-a-1 web-a-2 web-a-10'],
    ['web-*', 'web-a-1 web-a-2 web-a-10 web-b-1'],
    ['web-?-1,', 'web-a-1 web-b-1'],
    ['*-[1-2]', 'new-b-2 web-a-1 web-a-2 web-b-1'],
    ['new-*', 'new-b-2'],
    ['new-*&@role:spare', 'new-a-1 new-a-2 new-b-1 new-b-10'],
    ['@app:*', 'new-b-2 web-a-1 web-a-2 web-a-10 web-b-1'],
    ['@app:m*', 'web-a-1'],
    ['@idc:?!@group:w*', 'lb-a'],
    ['@role:g*', 'gw-a gw-b'],
    ['198.18.1.[11-12]', 'web-a-1 web-a-2'],
    ['198.18.1.1*', 'web-a-1 web-a-2 web-a-10'],
    ['@idc:B!fd00:2::11', 'new-b-2'],
    ['[FD00:2:0::101]', 'new-b-1'],
  ])('selects %s', async (expression, selected) => {
    expect(names((await build()).select(expression)).join(' ')).toBe(selected);
  });

  it.each([
    ['web-a-[1-3]', `there is no host "web-a-3" (did you mean 'web-a-1'?)`],
    ['@app:shp', `there is no application "shp" (did you mean 'shop'?)`],
    ['@idc:C', 'there is no room "C"'],
    ['@group:wbe', `there is no group "wbe" (did you mean 'web'?)`],
    ['@role:spares', `there is no role "spares" (did you mean 'spare'?)`],
    ['@rack:1', 'there is no group source "@rack"'],
    ['lb-a!lb-a', 'leaves no host'],
    ['db-*', 'there is no host "db-*"'],
    ['@app:x*', 'there is no application "x*"'],
    ['198.18.1.99', 'there is no host "198.18.1.99"'],
    ['new-a-*', 'leaves no host'],
    ['@all!@role:member', 'leaves no host'],
  ])('does not select %s', async (expression, sentence) => {
    const inventory = await build();
    expect(() => inventory.select(expression)).toThrow(UsageError);
    expect(() => inventory.select(expression)).toThrow(sentence);
  });
});

describe('names that the ledger may know alone', () => {
  it.each([
    ['gone-[1-2]', 'gone-1 gone-2'],
    ['new-b-*,', 'new-b-1 new-b-2 new-b-10'],
    ['fd00:2::101,198.18.1.101', 'new-b-1 new-a-1'],
  ])('%s', async (expression, names) => {
    expect((await build()).names(expression).join(' ')).toBe(names);
  });

  it('are no groups', async () => {
    const inventory = await build();
    expect(() => inventory.names('@role:spare')).toThrow('groups cannot stand here');
  });
});
