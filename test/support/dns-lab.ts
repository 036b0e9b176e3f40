import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Kuafu } from './kuafu.js';

/** The keys of the lab's DNS servers, by the variables that hold them. */
export const DNS_KEYS = { PDNS: 'lab-key', TSIG: 'bGFiLXNlY3JldC1sYWItc2VjcmV0LWxhYi1zZWNyZXQ=' };

/**
 * kuafu with the configuration of the lab, a ledger of its own, and the zones of the roles `dns` and `bind` in the place of
 * its layers, or beside them. Each zone has one name, which leads to both rooms.
 */
export class DnsLab {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * @param name below both zones; also its class
   * @param more keys of each zone, and zones
   * @param beside whether the other layers of the lab's configuration stay
   */
  static async open(name: string, more: MoreZones = {}, { beside = false } = {}): Promise<DnsLab> {
    const folder = await mkdtemp(join(tmpdir(), 'kuafu-dns-'));
    const config = parse(await readFile(process.env.KUAFU_CONFIG ?? '', 'utf8'));
    const layers = { ...(beside ? config.layers : {}), dns: zonesWith(name, more) };
    const own = { ledger: `sqlite:${join(folder, 'ledger.db')}`, layers };
    await writeFile(join(folder, 'kuafu.config.yaml'), stringify({ ...config, ...own }));
    return new DnsLab(folder);
  }

  kuafu(words: readonly string[], keys: Record<string, string> = DNS_KEYS): Kuafu {
    return new Kuafu(['--config', join(this.#folder, 'kuafu.config.yaml'), ...words], keys);
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

export interface MoreZones {
  /** Keys of the name at PowerDNS, and of its zone. */
  readonly ofName?: object;
  readonly ofZone?: object;
  /** A zone of the name by a program. */
  readonly program?: { readonly zone: string; readonly words: readonly string[]; readonly class: string };
}

function zonesWith(name: string, { ofName, ofZone, program }: MoreZones): object {
  const rooms = { A: '203.0.113.101', B: '203.0.113.102' };
  const one = { class: name, ttl: '5s', rooms, steady: { A: 100, B: 100 } };
  const names = { [name]: one };
  const key = { name: 'lab-key', secret: '${TSIG}' };
  return {
    'shop.test': {
      provider: 'powerdns',
      servers: { A: 'dns-a', B: 'dns-b' },
      key: '${PDNS}',
      names: { [name]: { ...one, ...ofName } },
      ...ofZone,
    },
    'biz.test': { provider: 'rfc2136', servers: { A: 'bind-a', B: 'bind-b' }, key, names },
    ...(program && {
      [program.zone]: {
        provider: 'exec',
        program: program.words,
        names: { [name]: { ...one, class: program.class } },
      },
    }),
  };
}
