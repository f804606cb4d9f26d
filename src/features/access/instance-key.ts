/** The key of the instance (`API_PASSWORD`): who sends it is its operator. Guessing locks an address out for a while. */
import { AddressRate } from '../../lib/address-rate.ts';
import { AppError } from '../../lib/errors.ts';
import { bearerToken, SecretMatch } from '../../lib/secret-match.ts';
import type { KeyBearer } from './contract.ts';

/** Of one address, in each process. */
const WRONG_KEYS_MAX = 10;
const LOCKED_MS = 600_000;

const HOW = 'send it as X-API-Key: … or Authorization: Bearer …';

export class InstanceKey {
  readonly password: string;
  readonly #match: SecretMatch;
  readonly #wrongKeys = new AddressRate({
    max: WRONG_KEYS_MAX,
    windowMs: LOCKED_MS,
    code: 'access.locked',
    message: 'too many wrong keys came from this address: try again later',
  });

  constructor(password: string) {
    this.password = password;
    this.#match = new SecretMatch(password);
  }

  /** For what nobody can guess with: sealed configurations. */
  matches(key: string): boolean {
    return this.#match.matches(key);
  }

  /** @throws AppError `access.key-needed`, `access.wrong-key`, `access.locked` */
  require(bearer: KeyBearer): void {
    const key = shownKey(bearer);
    if (key === '') throw new AppError('access.key-needed', `this needs API_PASSWORD: ${HOW}`);
    this.check(key, bearer.clientAddress);
  }

  /** False without one. @throws AppError `access.wrong-key`, `access.locked` */
  isShown(bearer: KeyBearer): boolean {
    const key = shownKey(bearer);
    if (key === '') return false;
    this.check(key, bearer.clientAddress);
    return true;
  }

  /** @throws AppError `access.wrong-key`, `access.locked` */
  check(key: string, clientAddress: string): void {
    this.#wrongKeys.check(clientAddress);
    if (this.#match.matches(key)) return;
    this.#wrongKeys.take(clientAddress);
    throw new AppError('access.wrong-key', 'the key is not the API_PASSWORD of this server');
  }
}

function shownKey(bearer: KeyBearer): string {
  return bearer.header('x-api-key') || bearerToken(bearer.header('authorization'));
}
