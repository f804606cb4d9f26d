/** What viewers get where nothing could be asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { videoOf } from '../../../../src/features/debrid/failures.ts';
import { LinkCheck } from '../../../../src/features/playback/link-check.ts';
import type { PlaybackStore } from '../../../../src/features/playback/store.ts';
import { Resolver, type Play } from '../../../../src/features/playback/resolver.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { KeyRing } from '../../../../src/lib/install-token/key-ring.ts';
import { ownServices } from '../../../../src/lib/user-config/own-services.ts';
import { silentLogger } from '../../../support/cache-parts.ts';

const [entry] = ownServices({ sps: [{ sv: 'realdebrid', tk: 'token1234567890' }] }, String);
assert.ok(entry !== undefined);
const play: Play = {
  entry,
  file: { infohash: 'ab'.repeat(20), season: null, episode: 0, nzb: null, filename: '' },
  viewerIp: '',
};

function resolverThatFailsWith(error: Error): Resolver {
  const unused = () => Promise.reject(new Error('not asked'));
  return new Resolver({
    store: { knownTorrent: unused } as Partial<PlaybackStore> as PlaybackStore,
    cache: {
      peek: () => undefined,
      find: () => Promise.resolve(undefined),
      get: () => Promise.reject(error),
      update: unused,
      invalidate: unused,
    },
    services: {
      open: () => assert.fail('not opened'),
      deviceLogin: () => null,
      addressFor: (_entry, viewerIp) => Promise.resolve(viewerIp),
      videoOf,
    },
    subjects: { searchSubject: unused },
    nzbs: { read: unused },
    links: new LinkCheck([]),
    probe: () => Promise.resolve(false),
    ring: new KeyRing(['a secret of a test']),
    logger: silentLogger,
    waitMs: 0,
    onLearnt: () => undefined,
  });
}

test('a resolution that takes too long ends with a video', async () => {
  const late = new AppError('upstream.busy', 'too many wait');
  const { signal } = new AbortController();
  const resolution = await resolverThatFailsWith(late).resolve(play, '', { signal });
  assert.equal(resolution.kind === 'failure' && resolution.video, 'too_many_requests');
  assert.equal(resolution.kind === 'failure' && resolution.code, 'upstream.busy');
});

test('a client that has left gets nothing', async () => {
  const gone = new AppError('upstream.failed', 'left');
  await assert.rejects(
    async () => resolverThatFailsWith(gone).resolve(play, '', { signal: AbortSignal.abort() }),
    (error) => error === gone,
  );
});
