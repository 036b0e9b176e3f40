const KINDS = ['plain', 'noisy', 'hardened'] as const;

/**
 * What the hosts of a lab are like: as Debian makes them; with a root's shell that talks; or hardened as the usual baselines
 * ask, behind a balancer that calls its servers by other names than their hosts'.
 */
export type LabKind = (typeof KINDS)[number];

/** That of the lab of this run: KUAFU_LAB_KIND, which test/run.mjs sets. */
export function labKind(): LabKind {
  const said = process.env.KUAFU_LAB_KIND ?? 'plain';
  const kind = KINDS.find((each) => each === said);
  if (!kind) throw new Error(`KUAFU_LAB_KIND=${said}: must be one of ${KINDS.join(', ')}`);
  return kind;
}
