import { describe, expect, it } from 'vitest';
import { filesInCommon, parseManifest } from '../../../src/lib/copy/delta.js';

const DIGEST = 'a'.repeat(64);
const MB = 1_000_000;
const tree = { bytes: 10 * MB, exclude: ['/opt/shop/run'] };

const manifest = (files: Record<string, { bytes?: number; mtime?: number; digest?: string }>) =>
  parseManifest(
    Object.entries(files)
      .flatMap(([path, { bytes = 2 * MB, mtime = 7, digest = DIGEST }]) => [
        `S 644 0 0 ${mtime} ${bytes} ${path}`,
        `${digest}  ${path}`,
      ])
      .join('\n'),
  );

describe('the files that a host has as the template has them', () => {
  it('are those of the same content, mode, owner and time', () => {
    const template = manifest({ '/opt/a': {}, '/opt/b': {}, '/opt/c': {}, '/opt/d': {} });
    const host = manifest({
      '/opt/a': {},
      '/opt/b': { digest: 'b'.repeat(64) },
      '/opt/c': { mtime: 8 },
      '/opt/e': {},
    });
    expect(filesInCommon(template, host, tree)).toEqual(['/opt/a']);
  });

  it('are not those that do not belong to the tree', () => {
    const both = manifest({ '/opt/shop/run/a': { bytes: 9 * MB }, '/opt/shop/running': {} });
    expect(filesInCommon(both, both, tree)).toEqual(['/opt/shop/running']);
  });

  it('are none when they would save little', () => {
    const small = manifest({ '/opt/a': { bytes: 900_000 } });
    expect(filesInCommon(small, small, { ...tree, bytes: MB })).toEqual([]);
    const share = manifest({ '/opt/a': { bytes: 1_500_000 } });
    expect(filesInCommon(share, share, tree)).toEqual([]);
  });

  it('are the largest where there are more than a command line takes', () => {
    const many = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`/opt/${'x'.repeat(80)}/${i}`, { bytes: 20_000 + i }]),
    );
    const common = filesInCommon(manifest(many), manifest(many), tree);
    expect(common.length).toBeGreaterThan(200);
    expect(common.length).toBeLessThan(400);
    expect(common).toContain(`/opt/${'x'.repeat(80)}/1999`);
    expect(common).not.toContain(`/opt/${'x'.repeat(80)}/0`);
  });
});

it('does not believe a line that is none: a name with a line end, an escaped name, a digest alone', () => {
  const text = [
    `S 644 0 0 1 ${MB} /opt/a`,
    'b',
    `\\${DIGEST}  /opt/a\\nb`,
    `${DIGEST}  /opt/c`,
    'garbage',
  ].join('\n');
  expect(parseManifest(text).size).toBe(0);
});
