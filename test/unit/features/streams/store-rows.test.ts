/** A row that is short of a field must not become streams with the texts of their neighbours. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FIELDS_PER_STREAM, SEPARATOR } from '../../../../src/features/streams/store-rows.ts';
import { StreamStore } from '../../../../src/features/streams/store.ts';
import type { Database } from '../../../../src/platform/db/database.ts';

describe('fields of streams', () => {
  const { signal } = new AbortController();

  test('another number of fields than the rows have is read again once, then it is an error that names the title', async () => {
    for (const count of [FIELDS_PER_STREAM - 1, FIELDS_PER_STREAM, FIELDS_PER_STREAM + 1]) {
      let readings = 0;
      const unsafe = () => {
        readings++;
        return Promise.resolve([
          {
            rows: 2,
            fields: Array.from({ length: FIELDS_PER_STREAM + count }, () => '').join(SEPARATOR),
          },
        ]);
      };
      const database = {
        read: (_options: unknown, build: (sql: unknown) => unknown) => build({ unsafe }),
      } as unknown as Database;
      const loading = new StreamStore(database).loadStreams(7, 1, 2, signal);
      if (count === FIELDS_PER_STREAM) assert.equal((await loading).length, 2);
      else
        await assert.rejects(loading, {
          message: `streams of 7:1:2: not ${FIELDS_PER_STREAM} fields for each row`,
        });
      assert.equal(readings, count === FIELDS_PER_STREAM ? 1 : 2);
    }
  });
});
