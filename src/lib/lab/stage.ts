/** A part of the work as the user sees it. */
export interface Stage {
  readonly title: string;
  /**
   * @param tell shows how far it is; the last text given stands beside the title afterwards
   */
  run(tell: (text: string) => void): Promise<void>;
}

/** What the user sees of the work on a lab. */
export interface LabView {
  /** Shows stages and runs them one after the other; the first that fails ends it with its error. */
  runStages(stages: readonly Stage[]): Promise<void>;
  notify(text: string): void;
}
