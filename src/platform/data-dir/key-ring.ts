/** The keys that seal install addresses and profiles: the operator's, or one that is made now and kept. */
import { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Config } from '../config/config.ts';
import { readSecretKey } from './secret-key.ts';
import type { Logger } from '../log/logger.ts';

/** @throws StartError when SECRET_KEY is not set and none can be kept in DATA_DIR */
export async function openKeyRing(config: Config, logger: Logger): Promise<KeyRing> {
  const { SECRET_KEY: configured, SECRET_KEYS_OLD: older, POSTGRES_URI: database } = config;
  if (configured !== null) return new KeyRing([configured, ...older]);
  if (database !== null) {
    logger.warn(
      {},
      'SECRET_KEY is not set: a key in DATA_DIR is used, and install addresses work on this machine only',
    );
  }
  return new KeyRing([await readSecretKey(config.DATA_DIR), ...older]);
}
