/** A part of the work as it is shown to the user. */
export interface Stage {
  readonly title: string;
  /**
   * @param tell shows the progress; the last text stays beside the title afterwards
   */
  run(tell: (text: string) => void): Promise<void>;
}

/** Shows the work on a lab to the user. */
export interface LabView {
  /** Shows stages and runs them one after the other; the first failing stage ends the work with its error. */
  runStages(stages: readonly Stage[]): Promise<void>;
  notify(text: string): void;
}
