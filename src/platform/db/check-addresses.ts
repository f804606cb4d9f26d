/** What can be known about the addresses of the databases before anything is connected to. */
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';
import { StartError } from '../../lib/start-error.ts';
import type { Config } from '../config/config.ts';
import { maskUrl } from '../config/mask.ts';
import { readTlsFiles } from './tls.ts';
import type { Logger } from '../log/logger.ts';

/**
 * Reads the files that the URIs name, and says in one line for each which of their parameters have no effect.
 * @throws StartError naming the variable and the file
 */
export async function checkDatabaseAddresses(config: Config, logger: Logger): Promise<void> {
  for (const variable of ['POSTGRES_URI', 'POSTGRES_READ_URI', 'POSTGRES_MIGRATE_URI'] as const) {
    const uri = config[variable];
    if (uri === null) continue;
    const { tls, ignored } = parsePostgresUri(uri);
    if (ignored.length > 0)
      logger.warn(
        { ignored },
        `${variable} has parameters that have no effect here (docs/operating.md)`,
      );
    if (tls === null) continue;
    await readTlsFiles(tls).catch((error: unknown) => {
      const { rootCert, cert, key, revoked } = tls;
      const reason = error instanceof Error ? error.message : String(error);
      const files = [rootCert, cert, key, revoked].filter((file) => file !== null).join(', ');
      throw new StartError(
        `${variable}=${maskUrl(uri)} names files that cannot be used (${reason}): expected PEM files at ${files}`,
      );
    });
  }
}
