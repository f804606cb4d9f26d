/** Protects that Stremio's own core takes every stream object that we send: what it cannot decode it drops without a word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixtureRows, FIXTURE_MEDIA } from '../../native-bench/fixtures/stream-rows.ts';
import {
  absenceNotice,
  emptyListNotices,
  leadNotices,
  noticeBody,
  searchingNotices,
  UNREADABLE,
  withLeads,
} from '../../src/features/streams/notices.ts';
import { StreamPresenter } from '../../src/features/streams/present.ts';
import { pairOf } from '../../src/lib/ranking/service-marks.ts';
import { compileRanking } from '../../src/lib/ranking/compile.ts';
import { DROP_RULES } from '../../src/lib/ranking/drop-rules.ts';
import { decodeStreamSet } from '../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../src/lib/stream-set/encode.ts';
import type { StreamRow } from '../../src/lib/stream/fields.ts';
import type { ListSettings } from '../../src/lib/user-config/list-settings.ts';
import { DEFAULT_RANKING } from '../../src/lib/user-config/user-config.ts';
import { STREAM_KINDS } from '../../src/lib/vocabulary.ts';
import { streamsInCore } from '../support/stremio-core.ts';

const LOCATORS: Readonly<Record<string, string>> = {
  torrent: '',
  http: 'https://example.org/a%20b.mp4',
  youtube: 'eRsGyueVLvQ',
  external: 'https://example.org/watch',
  usenet: 'https://example.org/a.nzb',
  acestream: 'ab'.repeat(20),
};
/** Kinds that have no field in a stream object are left out. */
const WITHOUT_FIELD: readonly string[] = ['usenet', 'acestream'];

function bodyOf(rows: readonly StreamRow[]): string {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set);
  return new StreamPresenter({ addonName: 'Sluice', rowBytesMax: 1_000_000 })
    .present(set, Uint32Array.from(rows.keys()), rows.length)
    .toString();
}

/** A row of each kind for each of these changes. */
function everyKind(changes: readonly Partial<StreamRow>[]): StreamRow[] {
  const [first] = fixtureRows(1);
  assert.ok(first);
  return changes.flatMap((change) =>
    STREAM_KINDS.map((name, kind) => ({
      ...first,
      kind,
      locator: LOCATORS[name] ?? '',
      infohash: name === 'torrent' ? new Uint8Array(20).fill(0xab) : null,
      ...change,
    })),
  );
}

async function assertTaken(body: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { streams }: { readonly streams: readonly Readonly<Record<string, unknown>>[] } =
    JSON.parse(body);
  const taken = await streamsInCore(body);
  const facts = ({
    name,
    description,
    infoHash,
    fileIdx,
    url,
    ytId,
    externalUrl,
  }: Readonly<Record<string, unknown>>) => ({
    name,
    description: description ?? '',
    infoHash,
    fileIdx: fileIdx ?? undefined,
    url,
    ytId,
    externalUrl,
  });
  assert.deepEqual(taken.map(facts), streams.map(facts));
  return streams;
}

test('the core takes every kind of stream, whatever numbers its row holds', async () => {
  const rows = everyKind([
    {},
    { fileIndex: -1, seeders: -1, fileSizeBytes: 0, totalSizeBytes: 0 },
    { fileIndex: 0 },
    { fileIndex: 0xffff },
    { fileIndex: 0x1_0000 },
    { fileIndex: 0x7fff_ffff },
    { fileSizeBytes: 1, totalSizeBytes: Number.MAX_SAFE_INTEGER },
    { fileSizeBytes: Number.MAX_SAFE_INTEGER },
    { name: '', filename: '', source: '', uploader: '', releaseGroup: '', trackers: '' },
    {
      name: 'A "quoted" \\ name 😀',
      trackers: 'udp://one.example.org:80\nhttps://two.example.org/announce',
    },
  ]);
  const streams = await assertTaken(bodyOf(rows));
  assert.equal(
    streams.length,
    (rows.length / STREAM_KINDS.length) * (STREAM_KINDS.length - WITHOUT_FIELD.length),
  );
  const indexes = streams
    .filter(({ infoHash }) => infoHash !== undefined)
    .map(({ fileIdx }) => fileIdx);
  assert.ok(
    indexes.includes(0xffff) && !indexes.some((index) => Number(index) > 0xffff),
    'an index of more than 16 bits is left out',
  );
});

test('the core takes a full list', async () => {
  const rows = fixtureRows(200);
  assert.ok((await assertTaken(bodyOf(rows))).length > 150);
});

test('the core takes rows that say something instead of playing', async () => {
  const list: ListSettings = {
    ranking: compileRanking(DEFAULT_RANKING),
    nameFilter: null,
    template: null,
    hiddenLevels: 0,
    hasProviders: true,
    services: [],
    unavailableServices: ['A service'],
    marksDirectTorrents: false,
    playsTorrents: false,
    liveSearch: false,
    ownSourcesOnly: false,
    key: '',
    rowsKey: '',
  };
  const counts = new Uint16Array(DROP_RULES.length).fill(1);
  const leads = leadNotices(list);
  assert.equal(leads.length, 1);
  const source = { id: 'torznab:a', name: 'A', elapsedMs: 12 };
  const notices = [
    UNREADABLE,
    ...leads,
    ...searchingNotices([{ ...source, state: 'asked' }]),
    ...searchingNotices([{ ...source, state: 'failed' }]),
    absenceNotice('hidden', list),
    absenceNotice('none', list),
    absenceNotice('none', { ...list, hasProviders: false }),
    ...emptyListNotices(counts, list),
  ];
  const url = 'https://sluice.example.org/configure';
  await assertTaken(noticeBody(notices, 'Sluice', url).toString());
  const listed = withLeads(leads, Buffer.from(bodyOf(fixtureRows(3))), 'Sluice', url).toString();
  assert.equal((await assertTaken(listed)).length, 4);
});

test('the core refuses what we must not send: the test can fail', async () => {
  const infoHash = 'ab'.repeat(20);
  const bad = [
    { infoHash, fileIdx: 0x1_0000 },
    { infoHash, behaviorHints: { videoSize: -1 } },
    { url: 'relative.mp4' },
    { url: 'https://example.org/a', title: 'a', description: 'b' },
    { infoHash, sources: ['dht:ab'], announce: ['dht:ab'] },
    { url: 'https://example.org/a', behaviorHints: { notWebReady: null } },
  ];
  const good = { url: 'https://example.org/a.mp4' };
  assert.equal((await streamsInCore(JSON.stringify({ streams: [...bad, good] }))).length, 1);
});

test('the core takes posts that it is to fetch from a news server itself, of single episodes alone', async () => {
  const [first] = fixtureRows(1);
  assert.ok(first);
  const kind = STREAM_KINDS.indexOf('usenet');
  const names = [
    'Show.S01E02.1080p-GRP',
    'Show.S01.1080p-GRP',
    'Show.S01E01-E08.1080p-GRP',
    'Show.S01E02E03-GRP',
    'Show.S01E20.1080p-GRP',
    'Show S1 E2 "x"',
  ];
  const rows = names.map((name, index) => ({
    ...first,
    kind,
    infohash: null,
    name,
    filename: '',
    locator: `https://indexer.example/${index}`,
  }));
  const newsServer = 'nntps://me:pa%24s@news.example:563/4';
  const service = { service: 'stremio_nntp', name: 'News', label: 'News', newsServer };
  const listOf = async (media: typeof FIXTURE_MEDIA) => {
    const set = decodeStreamSet(encodeStreamSet(media, rows));
    assert.ok(set);
    const style = { template: null, marksDirectTorrents: false, services: [service] };
    const shown = Uint32Array.from(rows, (_, row) => pairOf(row, 0));
    const links = { baseUrl: 'https://sluice.example', marks: null, nzbRef: () => 'nzb-ref' };
    const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: 1_000_000 });
    const body = presenter.present(set, shown, shown.length, style, links).toString();
    const taken = await streamsInCore(body);
    for (const stream of taken) {
      assert.deepEqual(stream['servers'], [newsServer]);
      assert.match(
        String(stream['nzbUrl']),
        /^https:\/\/sluice\.example\/playback\/[^/]{22}\/nzb-ref\/.*\.nzb$/,
      );
    }
    return taken.length;
  };
  assert.equal(await listOf({ ...FIXTURE_MEDIA, type: 'movie' }), names.length);
  assert.equal(await listOf({ ...FIXTURE_MEDIA, type: 'series', season: 1, episode: 2 }), 2);
});
