import type { Config } from '../../lib/config/config-types.js';
import { UsageError } from '../../lib/errors.js';
import { parseApp, parseRoom } from '../../lib/inventory/known-names.js';
import type { TrafficPlace } from '../../lib/unit/read-entries.js';

export interface PlaceFlags {
  readonly app?: string;
  readonly idc?: string;
  readonly room?: string;
}

/** @throws UsageError for names that the configuration does not have, and if there is no balancer */
export function placesOf({ app, idc, room }: PlaceFlags, config: Config): readonly TrafficPlace[] {
  if (idc !== undefined && room !== undefined && idc !== room)
    throw new UsageError(`--idc ${idc} and --room ${room} name two rooms`, 'give one of them');
  const wanted = idc ?? room;
  const apps = app === undefined ? [...config.apps.values()] : [parseApp(app, config)];
  const rooms = wanted === undefined ? [...config.rooms.keys()] : [parseRoom(wanted, config)];
  const places = rooms.flatMap((each) =>
    apps.filter(({ traffic }) => traffic?.balancers.has(each)).map((each_) => ({ app: each_, room: each })),
  );
  if (places.length > 0) return places;
  throw new UsageError(
    'no application has a balancer there',
    'kuafu config docs apps shows how they are written',
  );
}
