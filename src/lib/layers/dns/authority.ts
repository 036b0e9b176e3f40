import type { DeviceState, Generation } from '../../guard/generation.js';
import type { RecordSet, SetChange } from './records.js';

/**
 * What an authority can do beyond the minimum: read the sets of names, and change them if nobody else has. Code that needs
 * more asks for the capability, never for the product. test/contract/dns-contract.ts tests each declared capability.
 *
 * - `weights`: it answers with one room or the other by weight
 * - `judges`: it answers with what its own health checks find healthy
 * - `generation`: it refuses changes of an operation that was overtaken by another
 * - `atomic`: other changes of a set come before or after a change, never between its comparison and its effect
 * - `answers`: its answers to users can be asked
 */
export type Capability = 'weights' | 'judges' | 'generation' | 'atomic' | 'answers';

/** What users are told for a name. */
export interface NameAnswer {
  readonly name: string;
  /** `NOERROR`, or what the server says in place of an answer, such as `SERVFAIL`. */
  readonly status: string;
  readonly addresses: readonly string[];
}

/**
 * One place that keeps the records of a zone, for reading. Every method throws StepFailure of the authority if it gives no
 * answer, an invalid one, or does not know the zone; and HostError if it cannot be reached.
 */
export interface ReadAuthority {
  readonly zone: string;
  /** The host of the authority, or the program that speaks for it. */
  readonly name: string;
  readonly can: ReadonlySet<Capability>;
  /** The sets of these names that lead users somewhere, as they are kept. */
  read(names: readonly string[]): Promise<readonly RecordSet[]>;
  /** The same of all names of the zone. */
  list(): Promise<readonly RecordSet[]>;
  /** What users are told now; with `answers`. */
  ask(names: readonly string[]): Promise<readonly NameAnswer[]>;
  /** Which operation may change it; with `generation`. */
  state(): Promise<DeviceState>;
}

/** The same, with commands. Each is idempotent. */
export interface Authority extends ReadAuthority {
  /**
   * With `generation`. `from`: the generation that it must be at; `any`: any older one, for a way back. Once this has
   * returned no change of an older generation has an effect.
   * @throws ChangeRefused `superseded` when another operation has it
   */
  claim(from: Generation | 'any', to: DeviceState): Promise<void>;
  /** Lets another operation claim it. @throws ChangeRefused `superseded` */
  close(state: DeviceState): Promise<void>;
  /**
   * Changes these sets and no others, all or none, and reads them back. `as`: the state after the claim; without
   * `generation` it is not compared.
   * @throws ChangeRefused `superseded`, or `stale` when a set is neither as it was nor as it shall be
   */
  apply(changes: readonly SetChange[], as: DeviceState): Promise<void>;
}
