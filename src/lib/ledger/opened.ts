/** The ledgers that this process has opened; without the database library, for whoever asks after an error. */
export const openedLedgers = new Set<string>();
