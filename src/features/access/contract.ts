/** What other features see of who may use this instance. */
import type { JsonObject } from '../../lib/json/json-value.ts';

/** What of a request shows whose it is. */
export interface KeyBearer {
  readonly clientAddress: string;
  header(lowerCaseName: string): string;
}

export interface InstanceAccess {
  /** False: everybody may use it. */
  readonly isPrivate: boolean;
  /** For rows of the route table that answer everybody, but not everything. @throws AppError as the guard of a `private` row */
  require(bearer: KeyBearer): void;
  /** Whether the bearer has shown the key; without `API_PASSWORD` nobody has. @throws AppError for a wrong one */
  isOperator(bearer: KeyBearer): boolean;
  /** @param key that came in another place than a header; wrong ones count as guesses of the address */
  isKey(key: string, clientAddress: string): boolean;
  /** @throws AppError `config.wrong-password` unless the configuration holds what a private instance asks for */
  checkInstall(config: JsonObject): void;
  /** The configuration with that in it. The caller has shown the key. */
  forInstall(config: JsonObject): JsonObject;
}
