/** A primary that answers and cannot write: said once, shown by `/ready`, and found to be over without a user's write. */
import type { Sql } from 'postgres';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../log/logger.ts';
import { isConnectionFailure, notWritableReason } from './failure.ts';
import { Outage } from './outage.ts';

const PROBE_PAUSE_MS_FIRST = 1000;
const PROBE_PAUSE_MS_MAX = 15_000;

/** Needs new blocks on the disk of the database, as a row may or may not; nothing of it stays. */
const WRITE_SOME_BLOCKS = `CREATE TEMPORARY TABLE sluice_write_probe ON COMMIT DROP
AS SELECT repeat(md5(i::text), 8) FROM generate_series(1, 512) AS i`;

export class WriteOutage {
  readonly #outage: Outage;
  #reason = '';

  /** @param transact runs in a transaction on the primary */
  constructor(transact: (run: (sql: Sql) => Promise<unknown>) => Promise<unknown>, logger: Logger) {
    this.#outage = new Outage({
      graceMs: 0,
      pauseMsFirst: PROBE_PAUSE_MS_FIRST,
      pauseMsMax: PROBE_PAUSE_MS_MAX,
      probe: () => transact((sql) => sql.unsafe(WRITE_SOME_BLOCKS)).catch(stillCannotWrite),
      onChange: (isDown) => {
        if (isDown)
          logger.error(
            { reason: this.#reason },
            'the database cannot write: saves fail until it can',
          );
        else logger.info({}, 'the database can write again');
      },
    });
  }

  /** A write failed; what that has to do with the statement and not with the server changes nothing. */
  failed(error: unknown): void {
    const reason = notWritableReason(error);
    if (reason === undefined) return;
    this.#reason = reason;
    this.#outage.failed();
  }

  /** @throws AppError `database.not-writable` while the server cannot write */
  throwIfDown(): void {
    if (!this.#outage.isDown) return;
    throw new AppError('database.not-writable', 'The database cannot write.', {
      detail: this.#reason,
    });
  }

  close(): void {
    this.#outage.close();
  }
}

/** A role that may not make temporary tables learns nothing, and is not held down by it. */
function stillCannotWrite(error: unknown): void {
  if (
    notWritableReason(error) !== undefined ||
    isConnectionFailure(error) ||
    error instanceof AppError
  )
    throw error;
}
