/** Whatever a service answers: every method gives something sound or fails with a name, and never for long. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { AccessTokens } from '../../../../src/features/debrid/access-tokens.ts';
import type { DebridAccount, Transfer } from '../../../../src/features/debrid/contract.ts';
import { MediaflowProxies } from '../../../../src/features/debrid/mediaflow/mediaflow-proxies.ts';
import { RefusedAccounts } from '../../../../src/features/debrid/refused-accounts.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { loadConfig } from '../../../../src/platform/config/config.ts';
import type {
  UpstreamAnswer,
  UpstreamRequest,
  Upstreams,
} from '../../../../src/platform/upstream/upstream.ts';
import { NEVER } from '../../../support/cache-parts.ts';
import { CANARY, openAccount } from '../../../support/debrid-kits.ts';

const CALL = { signal: NEVER, viewerIp: '' };
const HASH = '08ada5a7a6183aae1e09d831df6748d566095a10';
const SERVICES = ['realdebrid', 'alldebrid', 'premiumize', 'debridlink', 'torbox'] as const;

/** Names and values that services use, so that answers get somewhere. */
const KEYS = [
  'id',
  'hash',
  'hashString',
  'status',
  'statusCode',
  'data',
  'magnets',
  'files',
  'links',
  'value',
  'transfers',
  'content',
  'response',
  'link',
  'download',
  'success',
  'error',
  'error_code',
  'code',
  'message',
  'n',
  's',
  'l',
  'e',
  'path',
  'bytes',
  'selected',
  'src',
  'size',
  'pagination',
  'next',
  'downloadUrl',
  'downloaded',
  'user',
  'username',
  'downloadPercent',
  'delayed',
];
const leaf = fc.oneof(
  fc.constantFrom<unknown>(
    'success',
    'error',
    HASH,
    HASH.toUpperCase(),
    'downloaded',
    'waiting_files_selection',
    'finished',
    'dead',
    true,
    false,
    null,
    1,
    4,
    8,
    100,
    -1,
    1e300,
    `magnet:?xt=urn:btih:${HASH}`,
    'https://cdn.invalid/a\r\nx: y',
    'javascript:1',
    '/a/../b.mkv',
    '',
    `https://cdn.invalid/${CANARY}`,
    'https://cdn.invalid/film.mkv',
    'a\u0000b.mkv',
  ),
  fc.integer(),
  fc.string({ maxLength: 12 }),
);
const answer = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 12 }),
  ),
})).value;
const status = fc.constantFrom(200, 200, 200, 201, 204, 400, 401, 403, 404, 451, 503, 509);

interface Document {
  readonly path: string;
  readonly status: number;
  readonly body: string;
}

/** What the documents lack. */
const UNDOCUMENTED: readonly Document[] = [
  { path: '/v1/api/queued/getqueued', status: 200, body: '{"success":true,"data":[]}' },
  { path: '/rest/1.0/torrents', status: 200, body: '[]' },
  {
    path: '/v4/magnet/files',
    status: 200,
    body: '{"status":"success","data":{"magnets":[{"id":456,"files":[{"n":"a","e":[{"n":"b.mkv","s":1,"l":"https://x.invalid"}]}]}]}}',
  },
];

function documentsOf(service: string): readonly Document[] {
  const file = readFileSync(`../shared/data/debrid/${service}.json`, 'utf8');
  const examples = JSON.parse(file) as readonly {
    readonly request: { readonly path: string };
    readonly response: { readonly status: number; readonly body: unknown };
  }[];
  return [
    ...UNDOCUMENTED,
    ...examples.map(({ request, response: { status, body } }) => ({
      path: request.path,
      status,
      body: JSON.stringify(body),
    })),
  ];
}

/** Without versions, and without ids at the end. */
const plainPath = (path: string) =>
  path
    .replace(/\?.*/, '')
    .replace(/^\/v4\.1/, '/v4')
    .replace(/(\/(?:info|selectFiles|delete)\/).*/, '$1');

/** A document with some of its parts replaced. */
function spoilt(body: string, replaced: Sent['replaced']): unknown {
  const root = { body: JSON.parse(body) as unknown };
  for (const [at, value] of replaced) {
    const places = placesIn(root);
    const place = places[at % places.length];
    if (place !== undefined) place.holder[place.key] = value;
  }
  return root.body;
}

interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

function placesIn(value: unknown): readonly Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

/** How one call is answered: with a document of its path, spoilt, or with anything. */
interface Sent {
  readonly replaced: readonly (readonly [at: number, value: unknown])[];
  readonly which: number;
  readonly anything: { readonly status: number; readonly body: unknown } | null;
}

/** Answers one after the other, again and again; statuses as the real one treats them. */
function upstreamsOf(
  documents: readonly Document[],
  answers: readonly Sent[],
): { upstreams: Upstreams; calls: () => number } {
  let calls = 0;
  const bodyOf = (path: string) => {
    const sent = answers[calls++ % answers.length];
    const fitting = documents.filter((one) => plainPath(one.path) === plainPath(path));
    const document = fitting[(sent?.which ?? 0) % fitting.length];
    if (sent === undefined || document === undefined || sent.anything !== null)
      return sent?.anything ?? { status: 200, body: {} };
    return { status: document.status, body: spoilt(document.body, sent.replaced) };
  };
  const request = ({ url, isAnswer }: UpstreamRequest): Promise<UpstreamAnswer> => {
    const { status: code, body } = bodyOf(new URL(url).pathname);
    const given: UpstreamAnswer = {
      status: code,
      contentType: 'application/json',
      url,
      bytes: Buffer.from(body === null ? '' : (JSON.stringify(body) ?? '')),
      header: () => '',
    };
    return code < 500 || isAnswer?.(given) === true
      ? Promise.resolve(given)
      : Promise.reject(new AppError('upstream.failed', 'the service answered with an error'));
  };
  const upstream = { name: 'fuzzed', breaker: 'closed', request, latencyMs: () => null } as const;
  return { upstreams: { open: () => upstream, stats: () => [] }, calls: () => calls };
}

async function outcome<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    assert.ok(error instanceof AppError, inspect(error));
    assert.match(error.code, /^(debrid|upstream)\./);
    assert.match(error.message, /^[^\n]{10,300}$/);
    assert.ok(!inspect(error, { depth: 9 }).includes(CANARY), inspect(error));
    return null;
  }
}

function checkTransfer({
  id,
  infohash,
  progress,
  sizeBytes,
  files,
  state,
  failure,
}: Transfer): void {
  assert.ok(typeof id === 'string' && /^[0-9a-f]{40}$/.test(infohash));
  assert.ok(progress >= 0 && progress <= 1 && Number.isSafeInteger(sizeBytes));
  assert.equal(failure === null, state !== 'failed');
  for (const file of files) {
    assert.ok(file.id !== '' && file.path !== '' && Number.isSafeInteger(file.sizeBytes));
    assert.doesNotMatch(file.path, /[\u0000-\u001F]|^\//u);
  }
}

/** How far answers got: a test that never gets anywhere shows nothing. */
interface Reached {
  transfers: number;
  links: number;
}

async function everything(reached: Reached, open: () => DebridAccount): Promise<void> {
  for (const transfer of (await outcome(open().list?.(CALL) ?? Promise.resolve([]))) ?? [])
    checkTransfer(transfer);
  await outcome(open().checkCached?.([HASH], CALL) ?? Promise.resolve(null));
  const torrent = { kind: 'torrent', infohash: HASH, name: 'Sintel', trackers: [] } as const;
  const transfer = await outcome(open().open(torrent, CALL));
  if (transfer !== null) {
    checkTransfer(transfer);
    reached.transfers++;
  }
  const held: Transfer = transfer ?? {
    kind: 'torrent',
    id: '1',
    infohash: HASH,
    name: '',
    state: 'ready',
    failure: null,
    progress: 1,
    sizeBytes: 0,
    addedAtS: 0,
    files: [],
  };
  const file = held.files[0] ?? {
    id: '1',
    path: 'a.mkv',
    sizeBytes: 1,
    locator: 'https://hoster.invalid/x',
  };
  const link = await outcome(open().link(held, file, CALL));
  if (link !== null) {
    reached.links++;
    assert.match(link.url, /^https?:\/\/[!-~]+$/);
    assert.ok(!link.url.includes(CANARY));
  }
  await outcome(open().remove?.('1', CALL) ?? Promise.resolve());
  await outcome(open().verify(CALL));
}

for (const service of SERVICES)
  test(`${service} survives every answer`, async () => {
    const { config } = loadConfig({});
    const documents = documentsOf(service);
    const reached: Reached = { transfers: 0, links: 0 };
    const anything = fc.oneof(
      { arbitrary: fc.constant(null), weight: 7 },
      { arbitrary: fc.record({ status, body: answer }), weight: 1 },
    );
    const replaced = fc.array(fc.tuple(fc.nat(), leaf), { maxLength: 3 });
    const sent = fc.record({ replaced, which: fc.nat(), anything });
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { minLength: 1, maxLength: 8 }), async (answers) => {
        const { upstreams, calls } = upstreamsOf(documents, answers);
        // What one call refuses is not remembered for the next.
        await everything(reached, () => {
          const memory = {
            tokens: new AccessTokens(),
            refused: new RefusedAccounts(),
            mediaflow: new MediaflowProxies(config, upstreams),
          };
          return openAccount({ sv: service, tk: CANARY }, { config, upstreams, ...memory });
        });
        assert.ok(calls() < 200, `${calls()} calls`);
      }),
      { numRuns: 120 },
    );
    assert.ok(reached.transfers > 5 && reached.links > 5, inspect(reached));
  });
