/** A number of hosts, or a percentage of them. */
export interface Amount {
  readonly value: number;
  readonly percent: boolean;
}

const MAX_HOSTS = 100_000;

/** Reads `5` or `20%`, as typed; undefined when the text is neither. */
export function parseAmount(text: string): Amount | undefined {
  const [, digits, sign] = /^(\d{1,6})(%?)$/.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const amount = { value: Number(digits), percent: sign === '%' };
  return amount.value <= (amount.percent ? 100 : MAX_HOSTS) ? amount : undefined;
}
