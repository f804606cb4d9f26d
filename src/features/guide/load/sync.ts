/** Streams a guide into the database: memory holds a batch that is read and one that is written. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { guideText } from '../../../lib/xmltv/guide-text.ts';
import { badGuide, XmltvReader } from '../../../lib/xmltv/reader.ts';
import type { Platform } from '../../../platform/platform.ts';
import { unxz } from '../../../platform/xz/unxz.ts';
import type { AccountMarks } from '../../../lib/iptv/account-marks.ts';
import type { GuideCounts, GuideImportListener } from '../contract.ts';
import { GuideRows } from './rows.ts';
import { GuideLoadStore } from './store.ts';

export interface SyncParts extends Pick<Platform, 'openBulkLoad'> {
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
/** What is over can be of use for catch-up television. */
const PAST_DAYS = 7;
const FUTURE_DAYS = 21;

export interface SyncedGuide {
  readonly id: number;
  /** Of the account in its address. */
  readonly marks: AccountMarks;
}

/**
 * Replaces what the guide says; a failure leaves it as it was.
 * @throws AppError `guide.bad-file`, `guide.busy`, `guide.not-found`, `database.…`; what `chunks` throws
 */
export async function syncGuide(
  { openBulkLoad, now }: SyncParts,
  { id: guideId, marks }: SyncedGuide,
  chunks: AsyncIterable<Uint8Array>,
  listener: GuideImportListener,
  signal: CancelSignal,
): Promise<GuideCounts> {
  await using load = await openBulkLoad(signal);
  const store = new GuideLoadStore(load);
  const loadId = await store.begin(guideId);
  try {
    return await fill(store, { guideId, marks, loadId, nowMs: now() }, chunks, listener, signal);
  } catch (error) {
    await store.deleteOthers(guideId).catch(() => undefined);
    throw error;
  }
}

interface NewLoad {
  readonly guideId: number;
  readonly marks: AccountMarks;
  readonly loadId: number;
  readonly nowMs: number;
}

async function fill(
  store: GuideLoadStore,
  { guideId, marks, loadId, nowMs }: NewLoad,
  chunks: AsyncIterable<Uint8Array>,
  listener: GuideImportListener,
  signal: CancelSignal,
): Promise<GuideCounts> {
  const span = { fromMs: nowMs - PAST_DAYS * DAY_MS, toMs: nowMs + FUTURE_DAYS * DAY_MS };
  const rows = new GuideRows(loadId, span, marks, (reason) => listener.refused(reason));
  await readInto(rows, store, chunks, listener, signal);
  const { counts } = rows;
  if (counts.programmes === 0)
    throw badGuide(
      counts.outside === 0
        ? 'it has no programmes'
        : `none of its ${counts.outside} programmes is of the last ${PAST_DAYS} or next ${FUTURE_DAYS} days`,
    );
  await store.publish(guideId, loadId, counts);
  return counts;
}

async function readInto(
  rows: GuideRows,
  store: GuideLoadStore,
  chunks: AsyncIterable<Uint8Array>,
  listener: GuideImportListener,
  signal: CancelSignal,
): Promise<void> {
  const reader = new XmltvReader(rows);
  let writing: Promise<void> = Promise.resolve();
  try {
    for await (const text of guideText(chunks, unxz)) {
      signal.throwIfAborted();
      reader.write(text);
      if (!rows.isFull) continue;
      await writing;
      writing = store.copy(rows.take());
      // Heard of by whoever waits for it next.
      writing.catch(() => undefined);
      listener.progress(rows.counts);
    }
    reader.close();
    rows.addUndeclared();
    await writing;
    await store.copy(rows.take());
  } catch (error) {
    await writing.catch(() => undefined);
    throw error;
  }
}
