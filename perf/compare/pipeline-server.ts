/**
 * The pipeline contender: our own rendition, in Node.js, of what the established servers do for a stream request
 * (docs/comparison.md): Redis GET → inflate → JSON.parse → filter and sort by the user's settings → JSON.stringify →
 * gzip. Nothing of it is slow on purpose, and it has no response reuse, as they have none.
 */
import type { Buffer } from 'node:buffer';
import { promisify } from 'node:util';
import { deflate, gzip, inflate } from 'node:zlib';
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';
import type { CachedTitle } from './documents.ts';
import { presentStreams } from './pipeline-present.ts';
import { rankStreams } from './pipeline-ranking.ts';
import { pipelineSettings, settingsOfToken, type PipelineSettings } from './pipeline-settings.ts';

/** As many as Sluice keeps (`CONFIG_CACHE_ENTRIES`). */
const SETTINGS_MAX = 16_384;
const TOKEN_CHARS_MAX = 8192;
/** The cheapest: the answer is for one user, once. */
const GZIP_LEVEL = 1;
/** zlib's default: smaller than level 1, and inflated as fast. */
const CACHE_LEVEL = 6;
/** Documents are inflated in one step: chunks of 16 KB, the default, cost half as much again (200 against 125 µs). */
const INFLATE_CHUNK_BYTES = 128 * 1024;

const inflateAsync = promisify(inflate);
const deflateAsync = promisify(deflate);
const gzipAsync = promisify(gzip);

type StreamRequest = FastifyRequest<{
  Params: { readonly config?: string; readonly type: string; readonly id: string };
}>;

export interface PipelineServer extends AsyncDisposable {
  readonly port: number;
}

/** Key of a title's document in Redis. */
export function documentKey(type: string, id: string): string {
  return `streams:${type}:${id}`;
}

/** A document as it lies in Redis. */
export async function packDocument(title: CachedTitle): Promise<Buffer> {
  return await deflateAsync(JSON.stringify(title), { level: CACHE_LEVEL });
}

/** @param port 0 takes any free one */
export async function startPipelineServer(redisUrl: string, port: number): Promise<PipelineServer> {
  // Commands of one turn of the event loop go out in one write.
  const redis = new Redis(redisUrl, { enableAutoPipelining: true });
  // Without a listener ioredis prints every failed attempt; a request that needs Redis tells.
  redis.on('error', () => undefined);
  const defaults = pipelineSettings({});
  const known = new LRUCache<string, PipelineSettings>({ max: SETTINGS_MAX });

  const settingsFor = (token: string | undefined): PipelineSettings => {
    if (token === undefined) return defaults;
    const found = known.get(token);
    if (found !== undefined) return found;
    const settings = settingsOfToken(token);
    known.set(token, settings);
    return settings;
  };
  const answer = async (request: StreamRequest, reply: FastifyReply) => {
    const { config, type, id } = request.params;
    const settings = settingsFor(config);
    const packed = await redis.getBuffer(documentKey(type, id));
    const body = packed === null ? '{"streams":[]}' : listOf(await readDocument(packed), settings);
    void reply.headers({
      'content-type': 'application/json; charset=utf-8',
      'access-control-allow-origin': '*',
      'cache-control': config === undefined ? 'public, max-age=60' : 'private, max-age=60',
      vary: 'Accept-Encoding',
    });
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return body;
    void reply.header('content-encoding', 'gzip');
    return await gzipAsync(body, { level: GZIP_LEVEL });
  };

  const app = fastify({ logger: false, routerOptions: { maxParamLength: TOKEN_CHARS_MAX } });
  app.get('/ready', () => redis.ping());
  app.get('/stream/:type/:id.json', answer);
  app.get('/:config/stream/:type/:id.json', answer);
  app.addHook('onClose', () => redis.disconnect());
  await app.listen({ host: '127.0.0.1', port });
  const address = app.server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

async function readDocument(packed: Buffer): Promise<CachedTitle> {
  return JSON.parse(
    (await inflateAsync(packed, { chunkSize: INFLATE_CHUNK_BYTES })).toString(),
  ) as CachedTitle;
}

function listOf({ streams, trackerLists }: CachedTitle, settings: PipelineSettings): string {
  return JSON.stringify({ streams: presentStreams(rankStreams(streams, settings), trackerLists) });
}
