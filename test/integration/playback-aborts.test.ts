/**
 * A playback that is left, or whose service or Redis dies, at each of its calls: what was begun goes on for the others and is
 * done once; then nothing is held, waits or ticks any more, in both of two processes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CacheRegistry } from '../../src/platform/cache/cache-registry.ts';
import { videoOf } from '../../src/features/debrid/failures.ts';
import { createDebridAccount } from '../../src/features/debrid/registry.ts';
import { LinkCheck } from '../../src/features/playback/link-check.ts';
import { resolutionCache } from '../../src/features/playback/resolution.ts';
import { Resolver, type Play } from '../../src/features/playback/resolver.ts';
import type { PlaybackStore } from '../../src/features/playback/store.ts';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { AppError } from '../../src/lib/errors.ts';
import type { ExceptionVideo } from '../../src/lib/exception-videos/messages.ts';
import { KeyRing } from '../../src/lib/install-token/key-ring.ts';
import { ownServices } from '../../src/lib/user-config/own-services.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { createRedis } from '../../src/platform/redis/client.ts';
import { NEVER, silentLogger } from '../support/cache-parts.ts';
import { openDebridTools, TOKEN } from '../support/debrid-kits.ts';
import { eventually } from '../support/processes.ts';
import { redisInline } from '../support/redis-count.ts';
import { hasRedisServer, startRedisServer, type RedisServer } from '../support/redis-server.ts';
import { DebridCloud } from '../support/upstreams/debrid-cloud.ts';
import type { Fault } from '../support/upstreams/fault.ts';
import type { FakeUpstream } from '../support/upstreams/fake-upstream.ts';
import { startGate, type Gate } from '../support/upstreams/gate.ts';
import { startRealDebrid } from '../support/upstreams/realdebrid.ts';

const PREFIX = 'leaks:';
const PATIENCE_MS = 60_000;
/** Longer than it takes to leave, shorter than any call's own limit. */
const LEFT_MS = 5000;
/** One turn later each time, then faster: on a busy machine a request waits for many more turns than it works in. */
const SINGLE_TURNS = 15;
const LATER = 2;
const ANSWERED_MIN = 1;
const TURNS_MAX = 10_000_000;
/** In place of every answer of the service. */
const ANSWERS: readonly (readonly [fault: Fault, video: ExceptionVideo])[] = [
  [{ kind: 'web-page' }, 'debrid_service_down_error'],
  [{ kind: 'json', text: '' }, 'api_error'],
  [{ kind: 'json', text: '{"error":"infringing_file","error_code":35}' }, 'content_infringing'],
  [{ kind: 'limited', retryAfterS: 1 }, 'too_many_requests'],
  [{ kind: 'status', status: 500 }, 'debrid_service_down_error'],
];
const GONE = new AppError('request.cancelled', 'the client has gone');

interface Process extends AsyncDisposable {
  readonly resolver: Resolver;
  loading(): number;
}

describe(
  'a playback that is left at each of its calls',
  { skip: hasRedisServer() ? false : 'needs redis-server' },
  () => {
    const cloud = new DebridCloud();
    const ring = new KeyRing(['a secret of a test']);
    let redis: RedisServer;
    let service: FakeUpstream;
    let gate: Gate;
    let processes: readonly [Process, Process];
    let timersBefore = 0;
    let rounds = 0;

    before(async () => {
      redis = await startRedisServer();
      service = await startRealDebrid(cloud);
      gate = await startGate(service.url);
      timersBefore = timers();
      processes = [await openProcess(), await openProcess()];
    });
    after(async () => {
      for (const one of [...processes, gate, service, redis]) await one[Symbol.asyncDispose]();
    });

    const openProcess = async (): Promise<Process> => {
      const stack = new DisposeStack();
      const client = stack.use(
        createRedis(
          {
            url: redis.url,
            keyPrefix: PREFIX,
            commandTimeoutMs: 1000,
            connectTimeoutMs: 5000,
            heartbeatMs: 500,
          },
          silentLogger,
        ),
      );
      await client.connected(AbortSignal.timeout(PATIENCE_MS));
      const { config } = loadConfig({});
      const caches = stack.use(new CacheRegistry({ config, redis: client }, silentLogger));
      const cache = caches.open(resolutionCache(ring, 60_000));
      const tools = stack.use(openDebridTools({ REALDEBRID_URL: gate.url }));
      const resolver = new Resolver({
        store: {
          knownTorrent: () => Promise.resolve(null),
        } as Partial<PlaybackStore> as PlaybackStore,
        cache,
        services: {
          open: (opened) => createDebridAccount(opened, tools),
          deviceLogin: () => null,
          addressFor: (_entry, viewerIp) => Promise.resolve(viewerIp),
          videoOf,
        },
        nzbs: { read: () => Promise.reject(new Error('no NZB')) },
        subjects: { searchSubject: () => Promise.resolve(null) },
        links: new LinkCheck(['*.invalid']),
        probe: () => Promise.resolve(false),
        ring,
        logger: silentLogger,
        waitMs: 1500,
        onLearnt: () => undefined,
      });
      return {
        resolver,
        loading: () => cache.stats().loading,
        [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
      };
    };

    /** Nobody has asked for it yet, and the account holds nothing; each has an account of its own, with a whole budget of calls. */
    const coldPlay = (): Play => {
      const token = `${TOKEN}${++rounds}`;
      cloud.account(token);
      const [entry] = ownServices({ sps: [{ sv: 'realdebrid', tk: token }] }, ring.digest);
      assert.ok(entry !== undefined);
      const { infohash } = cloud.cached;
      const file = { infohash, season: null, episode: 0, nzb: null, filename: '' };
      return { entry, file, viewerIp: '9.9.9.9' };
    };
    const begin = async ({ resolver }: Process, play: Play, signal: AbortSignal = NEVER) =>
      resolver.resolve(play, '', { signal });
    const checkIdle = () =>
      eventually('nothing is held or waits', PATIENCE_MS, async () => {
        if (processes.some((one) => one.loading() > 0) || service.underWay > 0) return false;
        const keys = await redisInline(redis.port, `KEYS ${PREFIX}l:*`);
        return keys.startsWith('*0');
      });
    /** Calls of a playback that nobody disturbs. */
    const wholeChain = async (): Promise<number> => {
      const never = gate.holdAt(Number.POSITIVE_INFINITY);
      void never;
      assert.equal((await begin(processes[0], coldPlay())).kind, 'link');
      return gate.calls;
    };

    test('the leases are seen where the test looks for them', async () => {
      const held = gate.holdAt(0);
      const answer = begin(processes[0], coldPlay());
      await held;
      assert.doesNotMatch(await redisInline(redis.port, `KEYS ${PREFIX}l:*`), /^\*0/);
      gate.release();
      assert.equal((await answer).kind, 'link');
      await checkIdle();
    });

    for (const [left, other] of [
      [0, 1],
      [1, 0],
    ] as const)
      test(`who leaves process ${left} stops waiting; the link is made once, also for process ${other}`, async () => {
        const chain = await wholeChain();
        assert.ok(chain >= 4, `${chain} calls`);
        for (let number = 0; number < chain; number++) {
          const play = coldPlay();
          const held = gate.holdAt(number);
          const leaving = new AbortController();
          const first = begin(processes[left], play, leaving.signal);
          await held;
          const second = begin(processes[other], play);
          leaving.abort(GONE);
          const leftAt = performance.now();
          await assert.rejects(first, GONE);
          assert.ok(performance.now() - leftAt < LEFT_MS);
          gate.release();
          assert.equal((await second).kind, 'link', `call ${number}`);
          assert.equal((await begin(processes[left], play)).kind, 'link');
          assert.equal(gate.calls, chain, `call ${number}: once`);
          await checkIdle();
        }
      });

    test('it goes on where everybody leaves, and the next one finds it', async () => {
      const chain = await wholeChain();
      for (let number = 0; number < chain; number++) {
        const play = coldPlay();
        const held = gate.holdAt(number);
        const leaving = new AbortController();
        const all = [0, 0, 1].map((index) =>
          begin(processes[index === 0 ? 0 : 1], play, leaving.signal),
        );
        await held;
        leaving.abort(GONE);
        for (const one of all) await assert.rejects(one, GONE);
        gate.release();
        await checkIdle();
        assert.equal(gate.calls, chain, `call ${number}: to its end`);
        for (const one of processes) assert.equal((await begin(one, play)).kind, 'link');
        assert.equal(gate.calls, chain);
      }
    });

    test('left some turns of the loop later each time, until it is answered before', async () => {
      const chain = await wholeChain();
      let [left, answered] = [0, 0];
      for (let turns = 0; answered < ANSWERED_MIN && turns < TURNS_MAX;) {
        const play = coldPlay();
        void gate.holdAt(Number.POSITIVE_INFINITY);
        const leaving = new AbortController();
        const outcome = begin(processes[0], play, leaving.signal).catch((error: unknown) => error);
        for (let turn = 0; turn < turns; turn++)
          await new Promise((resolve) => setImmediate(resolve));
        leaving.abort(GONE);
        if ((await outcome) === GONE) left++;
        else answered++;
        await checkIdle();
        assert.equal((await begin(processes[0], play)).kind, 'link', `left at turn ${turns}`);
        assert.equal(gate.calls, chain, `left at turn ${turns}`);
        turns = turns < SINGLE_TURNS ? turns + 1 : Math.ceil(turns * LATER);
      }
      assert.ok(left > 10 && answered >= ANSWERED_MIN, `left ${left}, answered ${answered}`);
    });

    for (const [fault, video] of ANSWERS)
      test(`what is held comes back: ${fault.kind}, ${video}`, async () => {
        const play = coldPlay();
        service.script = { fault };
        const both = processes.map((one) => begin(one, play));
        for (const resolution of await Promise.all(both))
          assert.equal(resolution.kind === 'failure' && resolution.video, video);
        await checkIdle();
        service.script = {};
        const isWell = async (one: Process) => (await begin(one, coldPlay())).kind === 'link';
        for (const one of processes) await eventually('it is well', PATIENCE_MS, () => isWell(one));
      });

    test('a service that dies at any call is a video for all, and plays when it is back', async () => {
      const chain = await wholeChain();
      const plays: Play[] = [];
      for (let number = 0; number < chain; number++) {
        const play = coldPlay();
        plays.push(play);
        const held = gate.holdAt(number);
        const both = processes.map((one) => begin(one, play));
        await held;
        gate.release(true);
        for (const resolution of await Promise.all(both)) {
          assert.ok(resolution.kind === 'failure', `call ${number}`);
          assert.equal(resolution.video, 'debrid_service_down_error');
        }
        gate.revive();
        await checkIdle();
      }
      // Failures hold for some seconds, and a service that fails is left alone as long.
      for (const play of plays)
        for (const one of processes)
          await eventually('it plays again', PATIENCE_MS, async () => {
            const { kind } = await begin(one, play);
            return kind === 'link';
          });
      const isWell = async (one: Process) => (await begin(one, coldPlay())).kind === 'link';
      for (const one of processes) await eventually('it is well', PATIENCE_MS, () => isWell(one));
    });

    test('Redis that dies at any call costs nobody the film', async () => {
      const chain = await wholeChain();
      for (let number = 0; number < chain; number++) {
        const play = coldPlay();
        const held = gate.holdAt(number);
        const both = processes.map((one) => begin(one, play));
        await held;
        await redis.stop();
        gate.release();
        for (const resolution of await Promise.all(both))
          assert.equal(resolution.kind, 'link', `call ${number}`);
        await redis.start();
        await checkIdle();
      }
    });

    test('when both have stopped, no timer is left of all this', async () => {
      for (const one of processes) await one[Symbol.asyncDispose]();
      await eventually('the timers are gone', PATIENCE_MS, () => timers() <= timersBefore);
    });
  },
);

/** Of this thread, those that keep it alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}
