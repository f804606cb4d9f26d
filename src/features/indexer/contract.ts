/** What the indexer needs from the rest of the program. */

/** Whether a client may search here. Capabilities are told to everybody. */
export interface IndexerAccess {
  /** @param apiKey as the client sent it; empty when it sent none */
  isAllowed(apiKey: string): boolean;
}
