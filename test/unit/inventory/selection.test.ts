import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/lib/errors.js';
import { buildInventory } from '../../../src/lib/inventory/inventory.js';
import { selectHosts, selectionWords } from '../../../src/lib/inventory/selection.js';
import { parsedConfig } from './selection-config.js';

const inventory = buildInventory(await parsedConfig(), [
  { host: 'new-b-1', app: 'shop', group: 'web', room: 'B' },
]);
const select = (nodeSets: readonly string[], flags = {}) =>
  selectHosts(selectionWords(nodeSets, flags), inventory, 'kuafu exec @app:shop -- uptime')
    .map(({ name }) => name)
    .join(' ');

it('says what did not fit, and nothing of the other words of a command', () => {
  const restart = { ...selectionWords(['new-b-2'], { app: 'shop' }), budgets: { failed: '1' }, batch: '2' };
  expect(() => selectHosts(restart, inventory, '')).toThrow(/^no host fits new-b-2 and --app shop$/);
});

describe('a selection', () => {
  it.each([
    [['web-a-1'], {}, 'web-a-1'],
    [['web-a-1', 'web-b-1'], {}, 'web-a-1 web-b-1'],
    // Each word is its own set.
    [['web-a-[1-2]', '@app:shop&@idc:B'], {}, 'new-b-1 web-a-1 web-a-2 web-b-1'],
    [['web-a-1', '@idc:A!web-a-1'], {}, 'db-a web-a-1 web-a-2'],
    [['new-b-2', '@idc:B!new-b-2'], {}, 'new-b-1 new-b-2 web-b-1'],
    [['198.18.1.11', '198.18.1.11'], { app: 'shop' }, 'web-a-1'],
    [[], { hosts: 'web-a-[1-2]' }, 'web-a-1 web-a-2'],
    [[], { app: 'shop' }, 'new-b-1 web-a-1 web-a-2 web-b-1'],
    [[], { app: 'shop', group: 'api' }, 'web-a-2'],
    [[], { group: 'web' }, 'db-a new-b-1 web-a-1 web-b-1'],
    [[], { app: 'shop', idc: 'B' }, 'new-b-1 web-b-1'],
    [[], { idc: 'B' }, 'new-b-1 web-b-1'],
    [[], { room: 'B', idc: 'B' }, 'new-b-1 web-b-1'],
    [['@all'], { room: 'A' }, 'db-a web-a-1 web-a-2'],
    [['@role:spare'], { idc: 'B' }, 'new-b-2'],
    [['@all!web-a-1'], { app: 'shop', idc: 'A' }, 'web-a-2'],
  ])('%j and %j are %s', (nodeSets, flags, selected) => {
    expect(select(nodeSets, flags)).toBe(selected);
  });

  it.each([
    [[], {}, 'which hosts?'],
    [['web-a-1'], { hosts: 'web-a-2' }, 'both name hosts'],
    [[], { idc: 'A', room: 'B' }, 'name two rooms'],
    [[], { idc: 'C' }, 'there is no room "C"'],
    [['web-a-1'], { idc: 'C' }, 'there is no room "C"'],
    [[], { app: 'shop,@all' }, 'there is no application "shop,@all"'],
    [[], { app: 'shop', group: 'wbe' }, `no group of application shop "wbe" (did you mean 'web'?)`],
    [['web-a-1'], { idc: 'B' }, 'no host fits web-a-1 and --idc B'],
    [[], { app: 'mail', idc: 'B' }, 'no host fits --app mail and --idc B'],
    [['web-a-1', 'db-a!db-a'], {}, 'the node set "db-a!db-a" leaves no host'],
    [['web-a-1', 'web-a-2'], { idc: 'B' }, 'no host fits web-a-1 web-a-2 and --idc B'],
  ])('%j and %j are refused', (nodeSets, flags, sentence) => {
    expect(() => select(nodeSets, flags)).toThrow(UsageError);
    expect(() => select(nodeSets, flags)).toThrow(sentence);
  });
});
