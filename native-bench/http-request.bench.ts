/**
 * The JavaScript part of a request: everything that the front end does around the native calls, whose
 * stubs here cost nothing. What the whole costs beside a bare server is `npm run perf:ceiling`.
 */
import { Bench } from 'tinybench';
import { AcceptEncodings, parseAcceptEncoding } from '../src/http/accept-encoding.ts';
import { BaseUrls } from '../src/http/base-url.ts';
import { ZlibCompressor } from '../src/http/body-compressor.ts';
import { ClientAddressResolver } from '../src/http/client-address.ts';
import { ContentEncoder } from '../src/http/content-encoding.ts';
import { Dispatcher } from '../src/http/dispatcher.ts';
import type { CompiledRoute } from '../src/http/exchange.ts';
import { matchesEtag } from '../src/http/if-none-match.ts';
import { BodyBudget } from '../src/http/body-budget.ts';
import { BodyStreams } from '../src/http/body-streams.ts';
import { EventStreams } from '../src/http/event-streams.ts';
import { jsonReply } from '../src/http/json-reply.ts';
import { isValidRequestId, RequestIds } from '../src/http/request-id.ts';
import { Responder } from '../src/http/response.ts';
import { SlowReaders } from '../src/http/slow-readers.ts';
import { timingValue } from '../src/http/timing.ts';
import { TRAFFIC } from '../src/http/traffic.ts';
import type { NativeRequest, NativeResponse } from '../src/http/uws.ts';
import { Admission } from '../src/lib/admission/admission.ts';
import { Brownout } from '../src/lib/admission/brownout.ts';
import { InFlight } from '../src/lib/admission/in-flight.ts';
import { TurnBudget } from '../src/lib/admission/turn-budget.ts';
import { RequestJournal } from '../src/lib/request-journal/request-journal.ts';
import { silentLogger } from '../test/support/cache-parts.ts';
import type { BenchSuite } from './suite.ts';

const BROWSER_ENCODINGS = 'gzip, deflate, br, zstd';
const ETAG = '"czmai4hi8OwjDQQWykA1xpxllvU-br"';
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);

export async function openHttpRequestBench(): Promise<BenchSuite> {
  const slowReaders = new SlowReaders({ windowMs: 30_000, windowBytesMin: 1 });
  const bench = new Bench({ name: 'HTTP request', time: 400, warmupTime: 100 });
  const known = new AcceptEncodings();
  const ids = new RequestIds();
  const addresses = new ClientAddressResolver(['127.0.0.1', '10.0.0.0/8']);
  const proxied = new BaseUrls(
    { hostUrl: null, scheme: 'http', listenHost: '127.0.0.1' },
    8000,
    true,
  );
  const peer = addresses.peer(LOOPBACK);
  bench
    .add('whole warm request, no encoding', warmRequest(slowReaders, {}))
    .add(
      'whole warm request, from a browser',
      warmRequest(slowReaders, {
        'accept-encoding': BROWSER_ENCODINGS,
        'x-request-id': 'c0ffee00-1234-4321-8888-123456789abc',
      }),
    )
    .add('whole warm request, 304', warmRequest(slowReaders, { 'if-none-match': '*' }))
    .add('Accept-Encoding, seen before', () => {
      known.preference(BROWSER_ENCODINGS);
    })
    .add('Accept-Encoding, parsed', () => {
      parseAcceptEncoding(BROWSER_ENCODINGS);
    })
    .add('If-None-Match, one tag', () => {
      matchesEtag(ETAG, ETAG);
    })
    .add('If-None-Match, list of three', () => {
      matchesEtag(`"a", "b", W/${ETAG}`, ETAG);
    })
    .add('request id, ours', () => {
      ids.next();
    })
    .add('request id, checked', () => {
      isValidRequestId('c0ffee00-1234-4321-8888-123456789abc');
    })
    .add('timing headers, below 1 ms', () => {
      timingValue('c0ffee00-00000001', 17, 0.012);
    })
    .add('timing headers, above', () => {
      timingValue('c0ffee00-00000001', 5, 12.3);
    })
    .add('peer, seen before', () => {
      addresses.peer(LOOPBACK);
    })
    .add('client address behind two proxies', () => {
      addresses.client(peer, '203.0.113.7, 10.0.0.2');
    })
    .add('journal of requests', journalled())
    .add('base URL behind a proxy', () => {
      proxied.behindProxy('https', 'sluice.example');
    });
  return {
    bench,
    bars: [{ task: 'whole warm request, from a browser', metric: 'p50Us', max: 4 }],
    [Symbol.asyncDispose]: () => {
      slowReaders[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** What every request adds to the journal, its counters and the newest entries. */
function journalled(): () => void {
  const journal = new RequestJournal();
  const row = journal.row('GET', 'stream');
  const ids = new RequestIds();
  return () => {
    const request = {
      requestId: ids.next(),
      clientAddress: '127.0.0.1',
      startedAtMs: 1,
      tiers: 17,
      trace: null,
    };
    journal.answered(row, request, 200, 0.05);
  };
}

function warmRequest(
  slowReaders: SlowReaders,
  headers: Readonly<Record<string, string>>,
): () => void {
  const compressor = new ZlibCompressor();
  const encoder = new ContentEncoder({
    small: compressor,
    large: compressor,
    logger: silentLogger,
  });
  const responder = new Responder({
    encoder,
    slowReaders,
    eventStreams: new EventStreams(),
    bodyStreams: new BodyStreams({ slowReaders, logger: silentLogger }),
    logger: silentLogger,
    hstsMaxAgeS: 0,
  });
  const addresses = new ClientAddressResolver([]);
  const dispatcher = new Dispatcher(
    {
      requestIds: new RequestIds(),
      addresses,
      baseUrls: new BaseUrls(
        { hostUrl: 'https://sluice.example', scheme: 'http', listenHost: '127.0.0.1' },
        8000,
        false,
      ),
      // The loop never turns in here: with a budget everything would soon be refused.
      bodies: new BodyBudget(0),
      admission: new Admission({
        turns: new TurnBudget({ budgetMs: 0, onRefused: () => undefined }),
        inFlight: new InFlight(100),
        brownout: new Brownout(),
        classes: [],
      }),
      pathCharsMax: 4096,
      bodyTimeoutMs: 1000,
    },
    responder,
  );
  const reply = jsonReply(Buffer.alloc(20_000, '{"a":1}'), 'public, max-age=60');
  if (reply.representation !== null)
    reply.representation.br = { bytes: Buffer.alloc(2000), etag: ETAG };
  const route: CompiledRoute = {
    name: 'bench',
    timeoutMs: 1000,
    uncapped: false,
    worth: { name: 'page', ...TRAFFIC.page },
    bodyBytesMax: 0,
    takesPieces: false,
    bodyTimeoutMs: null,
    requestHeaders: [],
    prefixChars: 0,
    parameterSegments: [2, 3],
    recorder: null,
    guard: null,
    journal: null,
    handler: () => reply,
  };
  const response = nativeResponse();
  const request = nativeRequest(headers);
  return () => {
    dispatcher.dispatch(route, 'GET', response, request);
  };
}

function nativeRequest(headers: Readonly<Record<string, string>>): NativeRequest {
  return {
    getUrl: () => '/stream/movie/tt1254207.json',
    getQuery: () => '',
    getHeader: (name) => headers[name] ?? '',
    getCaseSensitiveMethod: () => 'GET',
    forEach: () => undefined,
  };
}

function nativeResponse(): NativeResponse {
  const response: NativeResponse = {
    onAborted: () => response,
    onData: () => response,
    cork: (write) => {
      write();
      return response;
    },
    writeStatus: () => response,
    writeHeader: () => response,
    tryEnd: () => [true, true],
    write: () => true,
    onWritable: () => response,
    end: () => response,
    endWithoutBody: () => response,
    close: () => response,
    pause: () => response,
    resume: () => response,
    getRemoteAddress: () => LOOPBACK.buffer,
    upgrade: () => undefined,
  };
  return response;
}
