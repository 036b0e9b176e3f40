import type { Command } from 'commander';
import { ENV_MODE } from '../../lib/env/env-access.js';
import { envByRoom } from '../../lib/env/env-rooms.js';
import { UsageError } from '../../lib/errors.js';
import { roomOf, type SelectionWords } from '../../lib/inventory/selection.js';
import { jsonText } from '../../lib/json-text.js';
import { didYouMean } from '../../lib/names/suggest.js';
import { envShowDocument } from '../../lib/ui/env/env-json.js';
import { renderEnvShow } from '../../lib/ui/env/env-view.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out } from '../../lib/ui/frame/output.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { readConfig } from '../context.js';
import { globalOptions } from '../global-options.js';
import { theOnlyApp } from '../which-app.js';
import { parseEnvApp, WITH_ENV } from './env-hosts.js';

/** `kuafu env show` */
export async function showEnv(flags: SelectionWords, command: Command): Promise<void> {
  const options = globalOptions(command);
  const config = await readConfig(options, 'unneeded');
  const { app, env } = parseEnvApp(await theOnlyApp(flags, { config }, command, WITH_ENV), config);
  const room = roomOf(flags);
  const known = [...config.rooms.keys()];
  if (room !== undefined && !known.includes(room))
    throw new UsageError(`there is no room ${room}${didYouMean(room, known)}`, `rooms: ${known.join(', ')}`);
  const rooms = room === undefined ? known : [room];
  const shown = {
    app: app.name,
    file: env.file,
    mode: env.mode ?? ENV_MODE,
    rooms,
    values: envByRoom(env, rooms),
  };
  if (options.json) out(jsonText(envShowDocument(shown)));
  else out(renderEnvShow(shown, { width: stdoutColumns(), paint: painter('stdout') }));
}
