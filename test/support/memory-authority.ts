import { type DeviceState, generationText } from '../../src/lib/guard/generation.js';
import type { Authority, Capability } from '../../src/lib/layers/dns/authority.js';
import { superseded } from '../../src/lib/layers/dns/fault.js';
import { openChanges } from '../../src/lib/layers/dns/open-changes.js';
import { contentAt, isSameContent, type RecordSet } from '../../src/lib/layers/dns/records.js';

/** An authority in memory, with a generation: what contract/dns-contract.ts asks of a real one. It outlives the processes. */
export class MemoryAuthority {
  sets: RecordSet[];
  state: DeviceState = { generation: { number: 0, id: '-' }, phase: 'closed', operation: '-' };
  /** What it was told, in order; a command that changed nothing is not in it. */
  readonly told: string[] = [];
  /** Throws where a command is to fail. */
  behave: (command: keyof Authority) => void = () => undefined;
  /** It answers users by these, whatever its records are. */
  stuck: readonly RecordSet[] | undefined;
  readonly #name: string;

  constructor(name: string, sets: readonly RecordSet[]) {
    this.#name = name;
    this.sets = [...sets];
  }

  open(): Authority {
    return {
      zone: 'shop.test',
      name: this.#name,
      can: new Set<Capability>(['generation', 'atomic', 'answers']),
      read: async (names) => this.sets.filter(({ name }) => names.includes(name)),
      list: async () => this.sets,
      ask: async (names) =>
        names.map((name) => {
          const own = (this.stuck ?? this.sets).filter((set) => set.name === name);
          return { name, status: 'NOERROR', addresses: own.flatMap(({ values }) => values) };
        }),
      state: async () => this.state,
      claim: async (from, to) => {
        this.behave('claim');
        const { generation } = this.state;
        if (isSame(this.state, to)) return;
        const isWanted = from === 'any' || generationText(from) === generationText(generation);
        if (!isWanted || generation.number >= to.generation.number) throw superseded(this.#name, this.state);
        this.#tell(`claim ${to.generation.number} ${to.phase}`);
        this.state = to;
      },
      close: async (state) => {
        this.behave('close');
        if (isSame(this.state, { ...state, phase: 'closed' })) return;
        if (!isSame(this.state, state)) throw superseded(this.#name, this.state);
        this.#tell('close');
        this.state = { ...state, phase: 'closed' };
      },
      apply: async (changes, as) => {
        this.behave('apply');
        if (!isSame(this.state, as)) throw superseded(this.#name, this.state);
        const open = openChanges(this.#name, changes, this.sets);
        for (const change of open) {
          const others = this.sets.filter(({ name, type }) => name !== change.name || type !== change.type);
          const { name, type, to } = change;
          this.sets = to === null ? others : [...others, { name, type, ...to }];
        }
        if (open.length > 0) this.#tell('apply');
      },
    };
  }

  /** Whether it has exactly these sets. */
  has(sets: readonly RecordSet[]): boolean {
    return (
      this.sets.length === sets.length && sets.every((set) => isSameContent(contentAt(this.sets, set), set))
    );
  }

  #tell(what: string): void {
    this.told.push(what);
  }
}

function isSame(one: DeviceState, other: DeviceState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
