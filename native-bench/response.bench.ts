/** What stands between a finished body and the socket: its ETag, its header lines, finding it again. */
import { Bench } from 'tinybench';
import { headerBlock } from '../src/http/header-block.ts';
import { ReplyCache } from '../src/http/reply-cache.ts';
import { Representation, type RepresentationOptions } from '../src/http/representation.ts';
import type { BenchSuite } from './suite.ts';

const BODY = Buffer.alloc(15_000, '{"name":"Sluice"},');
const OPTIONS: RepresentationOptions = {
  contentType: 'application/json',
  cacheControl: 'public, max-age=60',
  compressible: true,
};
const REPLIES = 1000;
const HASHED = 'representation of 15 KB, ETag from a hash';
const NAMED = 'representation of 15 KB, ETag from its version';
const NEW_BLOCK = 'header lines, first time';
const KEPT_BLOCK = 'header lines, kept';

export function openResponseBench(): Promise<BenchSuite> {
  const bench = new Bench({
    name: 'response: ETag, header lines, reuse',
    time: 400,
    warmupTime: 50,
  });
  const kept = new Representation(BODY, OPTIONS);
  bench
    .add(HASHED, () => new Representation(BODY, OPTIONS))
    .add(NAMED, () => new Representation(BODY, { ...OPTIONS, version: '7:4711' }))
    .add(NEW_BLOCK, () =>
      headerBlock(kept, { bytes: BODY, etag: '"czmai4hi8OwjDQQWykA1xpxllvU"' }, 'identity'),
    )
    .add(KEPT_BLOCK, () => headerBlock(kept, kept.identity, 'identity'));
  addReuse(bench);
  return Promise.resolve({
    bench,
    bars: [
      { task: NAMED, metric: 'p50Us', against: HASHED, ratioMax: 0.5 },
      { task: KEPT_BLOCK, metric: 'p50Us', against: NEW_BLOCK, ratioMax: 0.5 },
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function addReuse(bench: Bench): void {
  const replies = new ReplyCache({ bytesMax: 64_000_000 });
  const sources = Array.from({ length: REPLIES }, (_, index) => ({
    key: `http://127.0.0.1:8000/${index}`,
  }));
  const reply = { status: 200, representation: null };
  for (const source of sources) replies.store(source.key, source, reply);
  let turn = 0;
  bench
    .add('kept reply, found', () => {
      const source = sources[turn++ % REPLIES];
      return source === undefined ? undefined : replies.find(source.key, source);
    })
    .add('kept reply, of another version', () => {
      const source = sources[turn++ % REPLIES];
      return source === undefined ? undefined : replies.find(source.key, sources);
    })
    .add('reply stored', () => {
      const source = sources[turn++ % REPLIES];
      if (source !== undefined) replies.store(source.key, source, reply);
    });
}
