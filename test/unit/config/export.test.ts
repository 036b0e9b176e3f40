import { describe, expect, it } from 'vitest';
import { exportConfig } from '../../../src/lib/config/export.js';

const CONFIG = `# The rooms.
rooms:
  B:
    network: 198.18.2.0/24 # intranet
    hosts:
      'web-b-[01-02]': '198.18.2.[11-12]'
    # The pool.
    spare:
      'new-b-[01-08]': '198.18.2.[101-108]' # leased
      odd-b: 198.18.2.200

apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    groups: {web: {B: 'web-b-[01-02]'}}
`;

const row = (host: string, group = 'web') => ({ host, app: 'shop', group, room: 'B' });

describe('exporting', () => {
  it('changes not one character when nothing is assigned', () => {
    expect(exportConfig(CONFIG, [])).toBe(CONFIG);
  });

  it('moves hosts from spare to hosts and into their group; the rest stays', () => {
    const exported = exportConfig(CONFIG, [row('new-b-03'), row('new-b-04')]);
    expect(exported.split('\n')).toEqual(
      CONFIG.replace(
        "'new-b-[01-08]': '198.18.2.[101-108]'",
        "'new-b-[01-02,05-08]': '198.18.2.[101-102,105-108]'",
      )
        .replace(/('web-b-\[01-02\]': .*\n)/, "$1      'new-b-[03-04]': '198.18.2.[103-104]'\n")
        .replace("B: 'web-b-[01-02]'", "B: 'new-b-[03-04],web-b-[01-02]'")
        .split('\n'),
    );
    expect(exportConfig(exported, [row('new-b-03'), row('new-b-04')])).toBe(exported);
  });

  it('empties a pool, makes the map of hosts and the group it needs', () => {
    const text =
      'rooms: {B: {network: 198.18.2.0/24, spare: {new-1: 198.18.2.9}}}\napps: {shop: {service: s.service, files: [/s]}}\n';
    expect(exportConfig(text, [row('new-1', 'api')])).toBe(
      'rooms: {B: {network: 198.18.2.0/24, spare: {}, hosts: {new-1: 198.18.2.9}}}\n' +
        'apps: {shop: {service: s.service, files: [/s], groups: {api: {B: new-1}}}}\n',
    );
  });

  it('keeps names with their own addresses where the two do not count alike', () => {
    const text =
      "rooms:\n  B:\n    spare: {'new-[1-3]': '198.18.2.30,198.18.2.20,198.18.2.10'}\napps: {shop: {}}\n";
    const exported = exportConfig(text, [row('new-2')]);
    expect(exported).toContain('new-1: 198.18.2.30, new-3: 198.18.2.10');
    expect(exported).toContain('new-2: 198.18.2.20');
  });

  it('leaves a host of the inventory program out of hosts, and an app that is gone alone', () => {
    const exported = exportConfig(CONFIG, [row('cloud-1'), { ...row('cloud-2'), app: 'gone' }]);
    expect(exported).toBe(CONFIG.replace("B: 'web-b-[01-02]'", "B: 'cloud-1,web-b-[01-02]'"));
  });

  it('writes JSON where it was JSON', () => {
    const text = '{"rooms": {"B": {"spare": {"new-1": "198.18.2.9"}}}, "apps": {"shop": {"groups": {}}}}';
    expect(JSON.parse(exportConfig(text, [row('new-1')]))).toEqual({
      rooms: { B: { spare: {}, hosts: { 'new-1': '198.18.2.9' } } },
      apps: { shop: { groups: { web: { B: 'new-1' } } } },
    });
  });
});
