import type { Origin } from '../ssh-config/parse.js';
import type { SshOverrides } from './config-types.js';

/** Where a setting comes from. */
export type Source =
  | { readonly kind: 'inventory' } // from the inventory program, for this host
  | { readonly kind: 'room'; readonly room: string } // rooms.X of the configuration
  | { readonly kind: 'ssh' } // the section ssh of the configuration
  | { readonly kind: 'jump' } // in the ProxyJump of the host behind it
  | { readonly kind: 'ssh_config'; readonly origin: Origin }
  | { readonly kind: 'default' };

export type SourcedKey = 'address' | keyof SshOverrides;

/** One place with settings. */
export interface Layer {
  readonly source: (key: keyof SshOverrides) => Source;
  readonly settings: SshOverrides;
}

/** The places with settings, the most specific first. */
export class Layers {
  readonly #layers: readonly Layer[];
  readonly sources: Partial<Record<SourcedKey, Source>> = {};

  constructor(layers: readonly Layer[]) {
    this.#layers = layers;
  }

  with(layer: Layer, position: 'second' | 'last'): Layers {
    return new Layers(this.#layers.toSpliced(position === 'last' ? this.#layers.length : 1, 0, layer));
  }

  first<Key extends keyof SshOverrides>(
    key: Key,
  ): { readonly value: SshOverrides[Key]; readonly source: Source } | undefined {
    const layer = this.#layers.find(({ settings }) => settings[key] !== undefined);
    return layer && { value: layer.settings[key], source: layer.source(key) };
  }

  /** The same, and remembers where the value comes from. */
  pick<Key extends keyof SshOverrides>(key: Key): SshOverrides[Key] {
    const found = this.first(key);
    this.sources[key] = found?.source ?? { kind: 'default' };
    return found?.value;
  }
}
