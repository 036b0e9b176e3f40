import { createHash } from 'node:crypto';
import { access, chmod, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TreeEntry, writeTree } from './file-tree.js';

import { type LabPaths, TEMPLATES } from './paths.js';
import { runTool, type ToolOptions } from './tool.js';

const VERSION = '1.0.0';
const ASSETS = 12;
const ASSET_BYTES = 192 * 1024;
/** The number where Debian's own system accounts end and accounts of packages begin (Debian Policy 9.2.2). */
const SHOP_UID = 990;

/**
 * The folder between the image and the own files of every app host: the shop, its account, its unit. All hosts share it, so
 * that a hundred hosts take no more space than one.
 */
export async function ensureShopLayer(paths: LabPaths, image: string, options: ToolOptions): Promise<void> {
  const isThere = await access(paths.shopLayer).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const part = `${paths.shopLayer}.part`;
  await rm(part, { recursive: true, force: true });
  await writeTree(part, [...(await account(image)), ...(await application())]);
  // Only root and the group shadow may read shadow; 42 is that group in every Debian (base-passwd).
  await runTool('chown', ['0:42', join(part, 'etc/shadow')], options);
  await chmod(join(part, 'etc/shadow'), 0o640);
  await rename(part, paths.shopLayer);
}

async function application(): Promise<readonly TreeEntry[]> {
  const template = (name: string) => readFile(join(TEMPLATES, 'shop', name));
  return [
    { path: '/opt/shop/shop.py', content: await template('shop.py'), mode: 0o755 },
    { path: '/opt/shop/VERSION', content: `${VERSION}\n` },
    ...Array.from({ length: ASSETS }, (_, index) => ({
      path: `/opt/shop/assets/photo-${String(index + 1).padStart(2, '0')}.bin`,
      content: assetContent(index),
    })),
    { path: '/etc/systemd/system/shop.service', content: await template('shop.service') },
    {
      path: '/etc/systemd/system/multi-user.target.wants/shop.service',
      target: '/etc/systemd/system/shop.service',
    },
  ];
}

/** The same bytes in every lab, and incompressible: for a copy they are like a photograph. */
export function assetContent(index: number): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 64 < ASSET_BYTES; block += 1) {
    blocks.push(createHash('sha512').update(`shop asset ${index} block ${block}`).digest());
  }
  return Buffer.concat(blocks, ASSET_BYTES);
}

async function account(image: string): Promise<readonly TreeEntry[]> {
  const withLine = async (file: string, line: string) =>
    `${(await readFile(join(image, file), 'utf8')).trimEnd()}\n${line}\n`;
  const passwd = `shop:x:${SHOP_UID}:${SHOP_UID}::/nonexistent:/usr/sbin/nologin`;
  return [
    { path: '/etc/passwd', content: await withLine('etc/passwd', passwd) },
    { path: '/etc/group', content: await withLine('etc/group', `shop:x:${SHOP_UID}:`) },
    { path: '/etc/shadow', content: await withLine('etc/shadow', 'shop:!:19000::::::'), mode: 0o640 },
  ];
}
