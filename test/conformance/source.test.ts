/** What every source must do: one suite, run on each provider against a server that speaks its protocol, well and badly. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { FoundRelease, SearchSubject } from '../../src/features/sources/contract.ts';
import type { Source } from '../../src/features/sources/source.ts';
import { Deadline } from '../../src/lib/async/deadline.ts';
import { AppError } from '../../src/lib/errors.ts';
import { createFetcher } from '../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../src/platform/upstream/upstreams.ts';
import { eventually, NEVER, silentLogger } from '../support/cache-parts.ts';
import {
  CANARY,
  SOURCE_KITS,
  subjectOf,
  type KitOptions,
  type SourceKit,
} from '../support/source-kits.ts';
import { BOMB_BYTES, type Fault } from '../support/upstreams/fault.ts';
import { releasesOf, workByImdb } from '../support/upstreams/works.ts';

const NIGHT = 'tt0063350';
const PIONEER = 'tt1748166';

const FAULTS: readonly Fault[] = [
  { kind: 'hang' },
  { kind: 'hang-body' },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'truncated' },
  { kind: 'garbage' },
  { kind: 'status', status: 400 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 503 },
  { kind: 'limited', retryAfterS: 1 },
  { kind: 'limited', retryAfterS: 3600 },
  { kind: 'gzip-bomb', bytes: BOMB_BYTES },
  { kind: 'slow-drip', pieceBytes: 1, pauseMs: 20 },
  { kind: 'web-page' },
  { kind: 'redirect' },
  { kind: 'redirect', location: 'http://169.254.169.254/latest/meta-data' },
  { kind: 'redirect', location: 'file:///etc/passwd' },
];
/** These never end by themselves: the search is given up. */
const ENDLESS: ReadonlySet<Fault['kind']> = new Set(['hang', 'hang-body', 'slow-drip']);
const GIVEN_UP_MS = 500;
/** For all others; none comes near it. */
const PATIENCE_MS = 60_000;

interface Outcome {
  readonly releases: readonly FoundRelease[];
  readonly error: unknown;
  readonly tookMs: number;
}

/** A search that is given up after a time, like those of the program. */
async function searched(
  source: Source,
  subject: SearchSubject,
  timeoutMs = PATIENCE_MS,
): Promise<Outcome> {
  const releases: FoundRelease[] = [];
  const startedMs = performance.now();
  using deadline = new Deadline({
    timeoutMs,
    failure: () => new AppError('fetch.timeout', 'given up'),
  });
  const outcome = await source
    .search(subject, { signal: deadline.signal, found: (some) => releases.push(...some) })
    .then(() => null)
    .catch((error: unknown) => error);
  return { releases, error: outcome, tookMs: performance.now() - startedMs };
}

async function foundBy(source: Source, subject: SearchSubject): Promise<readonly FoundRelease[]> {
  const releases: FoundRelease[] = [];
  await source.search(subject, { signal: NEVER, found: (some) => releases.push(...some) });
  return releases;
}

const sortedSet = (values: Iterable<string>) => [...new Set(values)].toSorted();

function sourceSuite(kit: SourceKit): void {
  describe(kit.name, () => {
    const closing: AsyncDisposable[] = [];
    after(async () => {
      for (const one of closing) await one[Symbol.asyncDispose]();
    });

    const open = async (options: KitOptions = {}) => {
      const fetcher = createFetcher({ allowPrivate: [] });
      closing.push(fetcher);
      const upstreams = createUpstreams({
        fetcher,
        redis: null,
        processes: 1,
        logger: silentLogger,
      });
      const opened = await kit.open(upstreams, options);
      closing.push(opened.upstream);
      return opened;
    };

    const check = (release: FoundRelease) => {
      assert.match(release.name, /^.{1,500}$/);
      assert.doesNotMatch(release.name, /\p{Cc}/u);
      assert.notEqual(release.origin, '');
      if (release.kind === 'torrent') assert.match(release.infohash ?? '', /^[0-9a-f]{40}$/);
      else assert.match(release.locator, /^https?:\/\//);
      assert.ok(Number.isSafeInteger(release.sizeBytes) && release.sizeBytes >= 0);
    };

    const names = (imdbId: string, season = 0, episode = 0) => {
      const work = workByImdb(imdbId);
      assert.ok(work !== undefined);
      return sortedSet(releasesOf(work, season, episode).map((release) => kit.nameOf(release)));
    };

    it('finds all releases of a film', async () => {
      const { source } = await open();
      const subject = subjectOf(NIGHT);
      assert.equal(source.canSearch(subject), true);
      const releases = await foundBy(source, subject);
      for (const release of releases) check(release);
      assert.deepEqual(sortedSet(releases.map(({ name }) => name)), names(NIGHT));
      for (const { name, infohash } of releases.filter(({ kind }) => kind === 'torrent')) {
        const expected = workByImdb(NIGHT)?.releases.find((one) => kit.nameOf(one) === name);
        assert.equal(infohash, expected?.infohash);
      }
    });

    it('finds an episode and the pack of its season', async () => {
      const { source } = await open();
      const releases = await foundBy(source, subjectOf(PIONEER, 1, 2));
      const found = sortedSet(releases.map(({ name }) => name));
      for (const name of names(PIONEER, 1, 2))
        assert.ok(found.includes(name), `${name} of ${found.join(', ')}`);
    });

    it('nothing there is no failure', async () => {
      const { source } = await open();
      assert.deepEqual(await foundBy(source, subjectOf('tt9999999')), []);
    });

    it('one bad item never loses the others', async () => {
      const { source } = await open({ hasBadItems: true });
      const releases = await foundBy(source, subjectOf(NIGHT));
      for (const release of releases) check(release);
      const found = sortedSet(releases.map(({ name }) => name));
      for (const name of names(NIGHT))
        assert.ok(found.includes(name), `${name} of ${found.join(', ')}`);
    });

    for (const fault of FAULTS)
      it(`${inspect(fault, { breakLength: Infinity })}: results or a named reason, in time, and no credential`, async () => {
        const { source, upstream } = await open({ script: { fault } });
        const timeoutMs = ENDLESS.has(fault.kind) ? GIVEN_UP_MS : PATIENCE_MS;
        const { releases, error, tookMs } = await searched(source, subjectOf(NIGHT), timeoutMs);
        assert.ok(tookMs < PATIENCE_MS / 2, `${tookMs} ms`);
        for (const release of releases) check(release);
        if (error !== null) {
          assert.ok(error instanceof AppError, inspect(error));
          assert.match(error.code, /^(source|upstream|fetch)\./);
          assert.notEqual(error.message, '');
          assert.ok(
            !inspect(error, { depth: 10, showHidden: true }).includes(CANARY),
            inspect(error),
          );
        }
        assert.ok(!JSON.stringify(releases).includes(CANARY));
        assert.ok(upstream.asked.length > 0);
        await eventually('no call is left', () => upstream.underWay === 0);
      });

    it("a user's source at a private address is not called", async () => {
      const { source, upstream } = await open({ isPersonal: true });
      const { error } = await searched(source, subjectOf(NIGHT));
      assert.ok(
        error instanceof AppError && error.code === 'fetch.blocked-address',
        inspect(error),
      );
      const report = await source.test(NEVER);
      assert.equal(report.isWorking, false);
      assert.match(report.message, /not a public address/);
      assert.equal(upstream.asked.length, 0);
    });

    it('works again when the fault is over', async () => {
      const { source, upstream } = await open({ script: { fault: { kind: 'reset' } } });
      await searched(source, subjectOf(NIGHT));
      upstream.script = {};
      assert.ok((await foundBy(source, subjectOf(NIGHT))).length > 0);
    });

    it('an abort ends the call', async () => {
      const { source, upstream } = await open({ script: { fault: { kind: 'hang' } } });
      const control = new AbortController();
      const search = source.search(subjectOf(NIGHT), { signal: control.signal, found: () => {} });
      const outcome = assert.rejects(search);
      await eventually('it is asked', () => upstream.underWay > 0);
      control.abort(new AppError('request.cancelled', 'enough'));
      await outcome;
      await eventually('the call has ended', () => upstream.underWay === 0);
    });

    it('many searches at a time keep within its bound', async () => {
      const { source, upstream } = await open({ script: { latency: 5 } });
      const searches = Array.from({ length: 12 }, () => foundBy(source, subjectOf(NIGHT)));
      for (const releases of await Promise.all(searches)) assert.ok(releases.length > 0);
      assert.ok(upstream.mostUnderWay <= kit.concurrencyMax, String(upstream.mostUnderWay));
    });

    it('a test says that it works', async () => {
      const { source } = await open();
      const report = await source.test(NEVER);
      assert.equal(report.isWorking, true, report.message);
      assert.match(report.message, /^[^\n]+$/);
    });

    it('a test says what is wrong', async () => {
      const dead = await open({ url: 'http://127.0.0.1:1' });
      const gone = await dead.source.test(NEVER);
      assert.equal(gone.isWorking, false);
      assert.match(gone.message, /address/);
      const reports = [gone];
      if (kit.hasKey) {
        const { source } = await open({ hasWrongKey: true });
        const refused = await source.test(NEVER);
        assert.equal(refused.isWorking, false);
        assert.match(refused.message, /key|address/);
        reports.push(refused);
      }
      for (const kind of ['web-page', 'garbage', 'reset'] as const) {
        const { source } = await open({ script: { fault: { kind } } });
        const report = await source.test(NEVER);
        assert.equal(report.isWorking, false, `${kind}: ${report.message}`);
        reports.push(report);
      }
      for (const { message } of reports) {
        assert.match(message, /^[^\n]{10,}$/);
        assert.ok(!message.includes(CANARY), message);
      }
    });

    it('a test ends with its signal', async () => {
      const { source, upstream } = await open({ script: { fault: { kind: 'hang' } } });
      const control = new AbortController();
      const reason = new AppError('request.cancelled', 'enough');
      const outcome = assert.rejects(source.test(control.signal), (error) => error === reason);
      await eventually('it is asked', () => upstream.underWay > 0);
      control.abort(reason);
      await outcome;
    });

    it('what is found holds no credential', async () => {
      const { source } = await open();
      for (const subject of [subjectOf(NIGHT), subjectOf(PIONEER, 1, 1)])
        assert.ok(!JSON.stringify(await foundBy(source, subject)).includes(CANARY));
      assert.ok(!`${source.id} ${source.name}`.includes(CANARY));
    });
  });
}

for (const kit of SOURCE_KITS) sourceSuite(kit);
