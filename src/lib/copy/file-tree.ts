/** Files of a template host: absolute paths, what to leave out, and the digest of the archive they make. */
export interface FileTree {
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** sha256 (hex) of the uncompressed archive; equal trees have equal digests, see archive.ts. */
  readonly digest: string;
  /** Size of the uncompressed archive in bytes. */
  readonly bytes: number;
  readonly packed: PackedArchive;
  /** `pax` also keeps capabilities, access lists and holes. Absent means `gnu`, as in plans from before `format` existed. */
  readonly format?: 'pax';
}

/** The archive as it is sent. The same program packs the same bytes again. */
export interface PackedArchive {
  readonly codec: 'zstd' | 'gzip';
  /** BLAKE2b-512 (hex) of the packed archive. */
  readonly digest: string;
  readonly bytes: number;
}

/** Paths that must hold nothing that the copy would have to remove: no mount, nothing that kuafu did not bring. */
export interface PlaceNeed {
  readonly tree: FileTree;
  /** The environment file; empty if there is none. */
  readonly env: string;
  /** Files that kuafu did not bring may be removed. */
  readonly replace: boolean;
}
