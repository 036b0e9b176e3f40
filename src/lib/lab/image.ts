import { createHash } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FailedError } from '../errors.js';
import { tryLock } from './lock.js';
import { IMAGE_CACHE, TEMPLATES } from './paths.js';
import type { LabRole } from './roles/role.js';
import { runTool, tryTool } from './tool.js';

/** What a real host of an application has, and the services of the lab's own hosts: one image for all. */
const PACKAGES: readonly string[] = [
  ...['systemd-sysv', 'dbus', 'openssh-server', 'openssh-client', 'cron', 'logrotate', 'sudo'],
  ...['iproute2', 'iputils-ping', 'nftables', 'conntrack', 'ethtool', 'tcpdump'],
  ...['netcat-openbsd', 'socat', 'bind9-dnsutils', 'curl', 'ca-certificates'],
  ...['procps', 'psmisc', 'lsof', 'less', 'vim-tiny', 'jq', 'rsync', 'zstd', 'python3'],
  ...['haproxy', 'unbound'],
  // Login shells that hosts may have beside bash and dash.
  ...['tcsh', 'fish', 'zsh', 'busybox'],
];

const BUILD = join(TEMPLATES, 'image', 'build.sh');
const LAYER = join(TEMPLATES, 'image', 'layer.sh');
const LOCK = join(IMAGE_CACHE, 'build.lock');
const PART = join(IMAGE_CACHE, 'part');
const SOMEBODY_ELSE_BUILDS = 75;

export interface ImageProgress {
  readonly onCached: () => void;
  readonly onBuild: () => void;
  readonly onWait: () => void;
  readonly signal: AbortSignal;
}

/**
 * The folder of the image; it is built if it is not in the cache. The cache key is a digest of everything that determines an
 * image: system, packages, recipe.
 *
 * @throws FailedError if the package mirrors of this machine do not provide it
 */
export async function ensureImage(progress: ImageProgress): Promise<string> {
  const { suite, key } = await imageKey();
  const image = join(IMAGE_CACHE, key);
  if (await exists(image)) {
    progress.onCached();
    return image;
  }
  const build = [BUILD, image, suite, PACKAGES.join(','), await aptOptions(), ...(await aptSources())];
  await buildOnce(image, build, progress);
  return image;
}

/**
 * The folder of a layer with the packages of a role; it is built over the image if it is not in the cache.
 *
 * @throws like ensureImage()
 */
export async function ensureLayer(
  image: string,
  { packages, layerFiles }: LabRole,
  progress: ImageProgress,
): Promise<string> {
  const files = layerFiles.flatMap(({ path, content }) => [path, content]);
  const content = JSON.stringify({ packages, files, recipe: await readFile(LAYER, 'utf8') });
  const layer = `${image}.${digestOf(content)}`;
  if (await exists(layer)) progress.onCached();
  else
    await buildOnce(layer, [LAYER, layer, image, packages.join(' '), await aptOptions(), ...files], progress);
  return layer;
}

async function buildOnce(image: string, build: readonly string[], progress: ImageProgress): Promise<void> {
  await mkdir(IMAGE_CACHE, { recursive: true });
  progress.onBuild();
  const first = await underLock(
    ['--nonblock', '--conflict-exit-code', `${SOMEBODY_ELSE_BUILDS}`],
    build,
    progress,
  );
  if (first.exitCode === SOMEBODY_ELSE_BUILDS) {
    progress.onWait();
    await expectBuilt(image, await underLock([], build, progress));
  } else await expectBuilt(image, first);
}

/** Removes the remains of a killed build, unless a build is running. */
export async function removeHalfBuiltImage(): Promise<void> {
  if (!(await exists(PART))) return;
  const lock = await tryLock(LOCK);
  if (lock === undefined) return;
  await rm(PART, { recursive: true, force: true });
  lock.release();
}

/**
 * Runs the build so that it holds the lock as long as any of its processes lives, and none of them outlives kuafu. setpriv
 * makes the kernel kill the build when kuafu ends, flock execs unshare, and unshare's PID namespace dies with it.
 */
async function underLock(flags: readonly string[], build: readonly string[], progress: ImageProgress) {
  const wrapped = [
    ...['--pdeathsig', 'KILL', 'flock', '--no-fork', ...flags, LOCK],
    ...['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--', ...build],
  ];
  const result = await tryTool('setpriv', wrapped, { signal: progress.signal });
  progress.signal.throwIfAborted();
  return result;
}

async function expectBuilt(image: string, result: { exitCode: number | undefined; stderr: string }) {
  if (result.exitCode === 0 && (await exists(image))) return;
  const said = result.stderr.trim().split('\n').slice(-8).join('\n');
  throw new FailedError(
    `the image of the lab's hosts could not be built: ${said}`,
    'Are the package sources of this machine in order? Try: apt-get update',
  );
}

async function imageKey(): Promise<{ suite: string; key: string }> {
  const release = await readFile('/etc/os-release', 'utf8');
  const suite = /^VERSION_CODENAME=["']?([a-z0-9.-]+)["']?$/m.exec(release)?.[1];
  if (suite === undefined)
    throw new FailedError('this machine does not say which Debian it is: /etc/os-release');
  const recipe = await Promise.all(
    ['build.sh', 'customize.sh'].map((name) => readFile(join(TEMPLATES, 'image', name), 'utf8')),
  );
  const content = JSON.stringify({ suite, architecture: process.arch, packages: PACKAGES, recipe });
  return { suite, key: `${suite}-${digestOf(content)}` };
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** The package sources of this machine, so that its mirrors are used. */
async function aptSources(): Promise<readonly string[]> {
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const files = [
    '/etc/apt/sources.list',
    ...parts.sort().map((name) => join('/etc/apt/sources.list.d', name)),
  ];
  const sources: string[] = [];
  for (const file of files.filter((name) => /\.(list|sources)$/.test(name))) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/^[ \t]*(deb|Types:)/m.test(text)) sources.push(file);
  }
  if (sources.length === 0) throw new FailedError('this machine has no package sources in /etc/apt');
  return sources;
}

/** How this machine reaches its mirrors: proxies, retries, checks. Settings for indexes and the like stay the image's own. */
async function aptOptions(): Promise<string> {
  const all = await runTool('apt-config', ['dump']);
  return all
    .split('\n')
    .filter((line) => /^Acquire::(?!IndexTargets|Changelogs|cdrom)/.test(line) && !line.endsWith(' "";'))
    .join('\n');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
