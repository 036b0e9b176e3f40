import type { HandlersOf } from '../run/step-handler.js';
import { drainHandler, fenceHandler, promoteHandler, unfenceHandler } from './fence-handlers.js';
import type { ForcedActions } from './forced-actions.js';
import { aloneHandler, ownProxiesHandler } from './forced-look-handlers.js';
import type { ForcedWays } from './forced-ways.js';
import { archiveHandler, caughtUpHandler, mayFollowHandler } from './rejoin-handlers.js';

export function forcedHandlers(ways: ForcedWays): HandlersOf<ForcedActions> {
  return {
    'database.fence': fenceHandler(ways),
    'database.drain': drainHandler(ways),
    'database.promote': promoteHandler(ways),
    'database.own-proxies': ownProxiesHandler(ways),
    'database.alone': aloneHandler(ways),
    'database.archive': archiveHandler(ways),
    'database.may-follow': mayFollowHandler(ways),
    'database.caught-up': caughtUpHandler(ways),
    'database.unfence': unfenceHandler(ways),
  };
}
