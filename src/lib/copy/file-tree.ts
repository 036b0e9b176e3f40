/** Files of a template host: absolute paths, what to leave out, and the digest of the archive they make. */
export interface FileTree {
  readonly paths: readonly string[];
  readonly exclude: readonly string[];
  /** sha256 (hex) of the uncompressed archive; equal trees have equal digests, see archive.ts. */
  readonly digest: string;
  /** Size of the uncompressed archive in bytes. */
  readonly bytes: number;
  readonly packed: PackedArchive;
  /** `pax` keeps capabilities, access lists and holes as well. Absent, as in plans made before there was a choice: `gnu`. */
  readonly format?: 'pax';
}

/** The archive as it is sent: packed by the same program it is the same bytes again. */
export interface PackedArchive {
  readonly codec: 'zstd' | 'gzip';
  /** BLAKE2b-512 (hex) of the packed archive. */
  readonly digest: string;
  readonly bytes: number;
}

/** Paths at which nothing may be that would have to be taken away: no mount, nothing that kuafu did not bring. */
export interface PlaceNeed {
  readonly tree: FileTree;
  /** The environment file; empty where there is none. */
  readonly env: string;
  /** What kuafu did not bring may go. */
  readonly replace: boolean;
}
