/** The ledgers that this process has opened; without the database library, for the code that handles an error. */
export const openedLedgers = new Set<string>();
