/** What can be checked in milliseconds is checked before the database is started, migrated and filled. */
import { readTlsPair } from '../http/tls-files.ts';
import type { Config } from '../platform/config/config.ts';
import { readSecretKey } from '../platform/data-dir/secret-key.ts';
import { assertPortFree } from '../platform/processes/port-free.ts';
import { tlsFiles } from './settings.ts';

/** The port, where nobody of ours holds it yet, and the TLS files. @throws StartError naming the variable */
export async function checkListening(config: Config): Promise<void> {
  if (config.PORT !== 0) await assertPortFree(config.HOST, config.PORT);
  await checkTls(config);
}

/** @throws StartError naming the variable and the file */
export async function checkTls(config: Config): Promise<void> {
  const tls = tlsFiles(config);
  if (tls !== null) await readTlsPair(tls);
}

/** Once DATA_DIR is ours. @throws StartError when no key is set and none can be kept */
export async function checkSecretKey(config: Config): Promise<void> {
  if (config.SECRET_KEY === null) await readSecretKey(config.DATA_DIR);
}
