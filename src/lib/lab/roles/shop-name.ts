import { ROOM_ADDRESSES } from '../address-plan.js';

/** The name `www` of a zone, as the section `layers.dns` of the lab's configuration has it: it leads to the entries of both rooms. */
export const SHOP_NAME = {
  class: 'web',
  ttl: '5s',
  rooms: { A: ROOM_ADDRESSES.A.entry, B: ROOM_ADDRESSES.B.entry },
  steady: { A: 100, B: 100 },
} as const;
