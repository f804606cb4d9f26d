/**
 * One user's list with links, 25 rows of three services: copied from the one that all users share, with their tokens put in,
 * against writing and compressing it for this user (docs/decisions/0018-spliced-lists.md).
 */
import { Buffer } from 'node:buffer';
import { Bench } from 'tinybench';
import { StreamPresenter } from '../src/features/streams/present.ts';
import { compressInline } from '../src/http/body-compressor.ts';
import { GappedGzip } from '../src/lib/deflate/gapped-gzip.ts';
import { recycle } from '../src/lib/json/lent-bytes.ts';
import { pairOf } from '../src/lib/ranking/service-marks.ts';
import { decodeStreamSet } from '../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../src/lib/stream-set/encode.ts';
import { FIXTURE_MEDIA, fixtureRows } from './fixtures/stream-rows.ts';
import type { BenchSuite } from './suite.ts';

const ROWS = 25;
const STYLE = {
  rowsKey: '',
  template: null,
  marksDirectTorrents: false,
  services: [
    { service: 'torbox', name: 'TorBox', label: 'TRB', newsServer: '' },
    { service: 'premiumize', name: 'Premiumize', label: 'PM', newsServer: '' },
    { service: 'realdebrid', name: 'Real-Debrid', label: 'RD', newsServer: '' },
  ],
};
const TOKENS = ['k3J9-fQ0_aZ81mXw5LsT2e', 'p0OiU7yTrEw-QlKjHgFdSa', 'Zx1Cv2Bn3Mm4_As5Df6Gh7'];
const SPLICED = 'one user, plain: copied and spliced';
const SPLICED_GZIP = 'one user, gzip: copied and spliced, both forms';
const WRITTEN = '  contender: plain, written';
const WRITTEN_GZIP = '  contender: gzip, written and compressed as a whole';
const ROWS_PLAIN = '  contender: plain, from rows that are known';
const ROWS_GZIP = '  contender: gzip, from rows and pieces that are known';
const SHARED = 'once for all users: written, compressed with gaps and proved';

export async function openLinkedListBench(): Promise<BenchSuite> {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, fixtureRows(200)));
  if (set === null) throw new Error('the fixed rows do not decode');
  const presenter = new StreamPresenter({ rowBytesMax: 1_000_000, addonName: 'Sluice' });
  const forgetful = new StreamPresenter({ rowBytesMax: 0, addonName: 'Sluice' });
  const torrents = Array.from(set.columns.kind.keys()).filter((row) => set.columns.kind[row] === 0);
  const shown = Uint32Array.from({ length: ROWS }, (_, at) =>
    pairOf(torrents[Math.floor(at / 2)] ?? 0, at % 3),
  );
  const marks = STYLE.services.map((_, service) =>
    Uint8Array.from({ length: set.rowCount }, (__, row) => (row * 7 + service) % 3),
  );
  const links = { baseUrl: 'https://sluice.example', nzbRef: () => '', marks };
  const shared = presenter.presentShared(set, shown, STYLE, links);
  const once = (isCompressed: boolean): void => {
    const { bytes, gzip } = presenter.fillShared(shared, TOKENS, false);
    if (isCompressed) gzip?.();
    recycle(bytes);
  };
  const written = presenter.present(set, shown, ROWS, STYLE, links, TOKENS);
  const fromRows = (isCompressed: boolean): number => {
    const { bytes, gzip } = presenter.presentLinked(set, shown, STYLE, links, TOKENS);
    const packed = isCompressed ? (gzip?.() ?? bytes) : bytes;
    recycle(bytes);
    return packed.byteLength;
  };
  fromRows(false);
  const bench = new Bench({ name: 'lists with links', time: 600, warmupTime: 100 })
    .add(SPLICED, () => once(false))
    .add(SPLICED_GZIP, () => once(true))
    .add(WRITTEN, () => {
      recycle(forgetful.presentLinked(set, shown, STYLE, links, TOKENS).bytes);
    })
    .add(WRITTEN_GZIP, () => {
      const { bytes } = forgetful.presentLinked(set, shown, STYLE, links, TOKENS);
      compressInline(bytes, 'gzip');
      recycle(bytes);
    })
    .add(ROWS_PLAIN, () => {
      fromRows(false);
    })
    .add(ROWS_GZIP, () => {
      fromRows(true);
    })
    .add(SHARED, () => {
      GappedGzip.of(presenter.presentShared(set, shown, STYLE, links).text);
    });
  return {
    bench,
    sizesBytes: {
      [SPLICED]: written.byteLength,
      [WRITTEN]: written.byteLength,
      [SPLICED_GZIP]:
        shared.gzipOf(
          written,
          TOKENS.map((token) => Buffer.from(token)),
        )?.byteLength ?? 0,
      [WRITTEN_GZIP]: compressInline(written, 'gzip').byteLength,
      [ROWS_PLAIN]: fromRows(false),
      [ROWS_GZIP]: fromRows(true),
    },
    bars: [
      { task: SPLICED, metric: 'p50Us', against: WRITTEN, ratioMax: 0.25 },
      { task: SPLICED_GZIP, metric: 'p50Us', against: WRITTEN_GZIP, ratioMax: 0.25 },
      { task: SPLICED_GZIP, metric: 'p50Us', against: ROWS_GZIP, ratioMax: 0.5 },
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
