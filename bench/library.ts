// What benchmarks of parts of kuafu measure; the build makes library.js of it, as dist/ has the program alone.
export { loadConfig } from '../src/lib/config/load.js';
export { parseWeighed, weighCommand } from '../src/lib/copy/archive.js';
export { ChainCopy } from '../src/lib/copy/chain-copy.js';
export { buildInventory } from '../src/lib/inventory/inventory.js';
export { controlLab } from '../src/lib/lab/control.js';
export { tailLogs } from '../src/lib/logs/tail.js';
export { autoStamps } from '../src/lib/logs/times/auto-stamps.js';
export { openConnections } from '../src/lib/ssh/connections.js';
export { plain } from '../src/lib/ui/frame/colour.js';
export { prefixFormat } from '../src/lib/ui/logs/log-lines.js';
export { RunScreen } from '../src/lib/ui/run/run-screen.js';
export { LOGHUB, linesOf, ZONE_MINUTES } from '../test/support/loghub-shapes.js';
