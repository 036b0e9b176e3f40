/**
 * Who may change a device: the operation that claimed it last. The id tells two operations apart that took the same number
 * without knowing of each other.
 */
export interface Generation {
  readonly number: number;
  readonly id: string;
}

/** Forward, on the way back, or done with: only a closed device may be claimed by a new operation. */
export type Phase = 'forward' | 'back' | 'closed';

/** A device as its own record has it. */
export interface DeviceState {
  readonly generation: Generation;
  readonly phase: Phase;
  /** The operation that claimed it; `-` if nobody has. */
  readonly operation: string;
}

const NUMBER = /^(?:0|[1-9]\d{0,14})$/;
const ID = /^(?:-|[a-z0-9]{1,32})$/;
const PHASE = /^(?:forward|back|closed)$/;
const OPERATION = /^(?:-|[A-Za-z0-9][A-Za-z0-9.-]{0,63})$/;

/** `7 k3f9`, in every place that keeps or compares one. */
export function generationText({ number, id }: Generation): string {
  return `${number} ${id}`;
}

/** `7 k3f9 forward 261129-abcd`; undefined for any other text: what a device says may be anything. */
export function parseDeviceState(text: string): DeviceState | undefined {
  const [number = '', id = '', phase = '', operation = '', ...rest] = text.split(' ');
  const isState =
    NUMBER.test(number) && ID.test(id) && PHASE.test(phase) && OPERATION.test(operation) && rest.length === 0;
  if (!isState) return undefined;
  return { generation: { number: Number(number), id }, phase: phase as Phase, operation };
}

/** @throws an Error for a state that could not be read again */
export function deviceStateText(state: DeviceState): string {
  const text = `${generationText(state.generation)} ${state.phase} ${state.operation}`;
  if (parseDeviceState(text) === undefined)
    throw new Error(`${JSON.stringify(text)} is no state of a device`);
  return text;
}
