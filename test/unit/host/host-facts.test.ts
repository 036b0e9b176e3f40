import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hostFactsCommand, parseHostFacts, unmetNeeds } from '../../../src/lib/host/host-facts.js';
import { renderCommand } from '../../../src/lib/shell/quote.js';
import { SpyHost } from '../../support/spy-host.js';

const need = {
  arch: 'x86_64',
  osId: 'debian',
  tools: ['tar'],
  idleUnit: 'shop.service',
  diskFree: [{ path: '/opt', bytes: 1_000_000 }],
};
const fit = 'arch=x86_64\nos=debian\ndisk=2000 1024 /opt\ntool=tar\n';

it('reads the facts of this very machine', () => {
  const command = hostFactsCommand({
    paths: ['/no such/$(folder)', '/'],
    tools: ['sh', 'no-such-tool'],
  });
  const { stdout } = spawnSync('sh', ['-c', renderCommand(command.words)], { encoding: 'utf8' });
  const facts = parseHostFacts(stdout);
  expect(facts.arch).toBe(spawnSync('uname', ['-m'], { encoding: 'utf8' }).stdout.trim());
  expect([...facts.tools]).toEqual(['sh']);
  expect([...facts.diskFree.keys()]).toEqual(['/no such/$(folder)', '/']);
  for (const bytes of facts.diskFree.values()) expect(bytes).toBeGreaterThan(0);
});

describe('what a host lacks', () => {
  it('is nothing when all fits', () => expect(unmetNeeds(need, parseHostFacts(fit))).toEqual([]));

  it.each([
    ['arch=x86_64', 'arch=aarch64', "its architecture is aarch64, the template's is x86_64"],
    ['os=debian', 'os=', "its system is unknown, the template's is debian"],
    ['tool=tar', '', 'it lacks tar'],
    ['tool=tar', 'tool=tar\nunit=shop.service', 'shop.service runs there already, so it is no spare host'],
    ['disk=2000 1024 /opt', 'disk=10 1024 /opt', 'disk full: /opt has 0.0 MB free and needs 1.0 MB'],
    ['disk=2000 1024 /opt', 'disk=lies 1024 /opt', 'disk full: /opt has 0.0 MB free and needs 1.0 MB'],
  ])('%s → %s', (from, to, sentence) => {
    expect(unmetNeeds(need, parseHostFacts(fit.replace(from, to)))).toEqual([sentence]);
  });
});

it('a unit that runs is told, and one that does not is not', () => {
  const host = new SpyHost();
  try {
    host.program('systemctl', '[ "$3" = shop.service ] && echo active');
    const { stdout, calls } = host.run('host/facts', ['unit=shop.service', 'unit=other.service']);
    expect(parseHostFacts(stdout).running).toEqual(new Set(['shop.service']));
    expect(calls).toEqual(['systemctl is-active -- shop.service', 'systemctl is-active -- other.service']);
  } finally {
    host.close();
  }
});
