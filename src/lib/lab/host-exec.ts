import { RefusedError } from '../errors.js';
import { initOf } from './host-process.js';
import { type ToolOptions, type ToolResult, tryTool } from './tool.js';

const ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
];

/**
 * Runs a short command inside a host, through its namespaces and not its network. It must not leave a process behind: that
 * would keep the host from shutting down.
 *
 * @throws RefusedError if the host is off
 */
export async function execInHost(
  lab: string,
  host: string,
  command: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const init = await initOf(lab, host);
  if (init === undefined) throw new RefusedError(`${host} of lab ${lab} is off.`, 'Try: kuafu lab up');
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
  const enter = [`--target=${init}`, ...namespaces, '--', 'env', '-i', ...ENVIRONMENT, ...command];
  return tryTool('nsenter', enter, options);
}
