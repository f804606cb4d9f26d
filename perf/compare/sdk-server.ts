/**
 * The SDK contender: an add-on as the documentation of stremio-addon-sdk has one write it (`addonBuilder`,
 * `serveHTTP` with `cacheMaxAge`), answering finished stream objects from a Map. It ignores the user's settings.
 */
import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import type { PresentedStream } from './pipeline-present.ts';

interface StreamRequest {
  readonly type: string;
  readonly id: string;
}

interface AddonBuilder {
  defineStreamHandler(
    handler: (request: StreamRequest) => Promise<{ readonly streams: readonly PresentedStream[] }>,
  ): void;
  getInterface(): unknown;
}

const require = createRequire(import.meta.url);
/** CommonJS without types: what is used of it. */
const { addonBuilder: AddonBuilder, serveHTTP } = require('stremio-addon-sdk') as {
  readonly addonBuilder: new (manifest: JsonObject) => AddonBuilder;
  /** `port` is handed to `server.listen`, which takes an address, too. */
  serveHTTP(
    addon: unknown,
    options: { readonly port: { port: number; host: string }; readonly cacheMaxAge: number },
  ): Promise<{ server: Server }>;
};

const MANIFEST: JsonObject = {
  id: 'org.sluice.comparison',
  version: '1.0.0',
  name: 'SDK comparison',
  description: 'Stream objects from memory.',
  catalogs: [],
  resources: ['stream'],
  types: ['movie'],
  idPrefixes: ['tt'],
  behaviorHints: { configurable: true },
  config: [{ key: 'sps', type: 'text' }],
};
const CACHE_MAX_AGE_S = 60;
const NONE: readonly PresentedStream[] = [];

export type SdkAnswers = readonly (readonly [id: string, streams: readonly PresentedStream[]])[];

/** A configuration as it stands in addresses of the SDK: JSON, percent-encoded. */
export function sdkToken(config: JsonObject): string {
  return encodeURIComponent(JSON.stringify(config));
}

/** @param port 0 takes any free one */
export async function startSdkServer(
  answers: SdkAnswers,
  port: number,
): Promise<AsyncDisposable & { readonly port: number }> {
  const streamsById = new Map(answers);
  const builder = new AddonBuilder(MANIFEST);
  builder.defineStreamHandler(({ id }) =>
    Promise.resolve({ streams: streamsById.get(id) ?? NONE }),
  );
  const { server } = await serveHTTP(builder.getInterface(), {
    port: { port, host: '127.0.0.1' },
    cacheMaxAge: CACHE_MAX_AGE_S,
  });
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
