/** Public instances answer everybody; private ones whoever has the key, and installs that were made with it. */
import { AppError } from '../../lib/errors.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import type { InstanceAccess, KeyBearer } from './contract.ts';
import type { InstanceKey } from './instance-key.ts';

/** Of a configuration: `api_password`. */
const PASSWORD_FIELD = 'ap';

export const PUBLIC_ACCESS: InstanceAccess = {
  isPrivate: false,
  require: () => undefined,
  isOperator: () => false,
  isKey: () => true,
  checkInstall: () => undefined,
  forInstall: (config) => config,
};

/** Of an instance that answers everybody, whose operator has a key. */
export function publicAccess(key: InstanceKey): InstanceAccess {
  return { ...PUBLIC_ACCESS, isOperator: (bearer) => key.isShown(bearer) };
}

export class PrivateAccess implements InstanceAccess {
  readonly isPrivate = true;
  readonly #key: InstanceKey;

  constructor(key: InstanceKey) {
    this.#key = key;
  }

  require(bearer: KeyBearer): void {
    this.#key.require(bearer);
  }

  isOperator(bearer: KeyBearer): boolean {
    return this.#key.isShown(bearer);
  }

  isKey(key: string, clientAddress: string): boolean {
    if (key === '') return false;
    try {
      this.#key.check(key, clientAddress);
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  }

  checkInstall({ [PASSWORD_FIELD]: password }: JsonObject): void {
    if (typeof password === 'string' && this.#key.matches(password)) return;
    throw new AppError(
      'config.wrong-password',
      'this server is private, and the settings in the address do not hold its password: set the add-on up again',
    );
  }

  forInstall(config: JsonObject): JsonObject {
    return { ...config, [PASSWORD_FIELD]: this.#key.password };
  }
}
