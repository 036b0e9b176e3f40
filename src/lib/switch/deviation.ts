/** Something that is not as the configuration declares it. */
export interface Deviation {
  /** A DNS name, `shop at lb-a`, or a database. */
  readonly subject: string;
  readonly sentence: string;
}
