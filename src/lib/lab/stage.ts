/** A part of the work as the user sees it. */
export interface Stage {
  readonly title: string;
  /**
   * @param tell shows how far it is; the last text given stands beside the title afterwards
   */
  run(tell: (text: string) => void): Promise<void>;
}

/** Shows stages and runs them one after the other; the first that fails ends it with its error. */
export type RunStages = (stages: readonly Stage[]) => Promise<void>;
