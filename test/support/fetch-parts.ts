/** What tests of the outbound client share: a fetcher, a server on loopback, a resolver that says what it is told. */
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { setMaxListeners } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { AppError, type ErrorCode } from '../../src/lib/errors.ts';
import {
  createFetcher,
  type FetchedBytes,
  type FetcherOptions,
  type FetchOptions,
} from '../../src/platform/fetch/fetcher.ts';

const LIMITS = { bodyBytesMax: 10_000, timeoutMs: 10_000 };

/** A signal that never aborts. */
export const never = new AbortController().signal;
// Tests wait on it a dozen times at once.
setMaxListeners(0, never);

export type Fetch = (url: string, limits?: Partial<FetchOptions>) => Promise<FetchedBytes>;

/** May reach 127.0.0.1, unless said otherwise. */
export function openFetcher(t: TestContext, options: Partial<FetcherOptions> = {}): Fetch {
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'], ...options });
  t.after(() => fetcher[Symbol.asyncDispose]());
  return (url, limits = {}) => fetcher.fetchBytes(url, { ...LIMITS, signal: never, ...limits });
}

export interface Listening {
  /** Without a slash at the end. */
  readonly url: string;
  readonly server: Server;
  readonly port: number;
}

export async function listen(t: TestContext, listener: RequestListener): Promise<Listening> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, port };
}

/** Rejects with this code, and with this text when it matters. */
export function fails(promise: Promise<unknown>, code: ErrorCode, text = /./): Promise<void> {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof AppError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    return true;
  });
}

type Resolve = NonNullable<FetcherOptions['resolve']>;

/** A resolver that answers with these addresses, one list after the other, and remembers what it was asked. */
export function resolverOf(...answers: readonly string[][]) {
  const asked: string[] = [];
  const resolve: Resolve = (hostname, callback) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    callback(null, addresses.map(lookedUp));
  };
  return { asked, resolve };
}

/** A resolver with a table; names that it lacks have no address. */
export function resolverWith(names: Readonly<Record<string, readonly string[]>>): Resolve {
  return (hostname, callback) => {
    const addresses = names[hostname.replace(/\.$/, '')];
    if (addresses === undefined)
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    else callback(null, addresses.map(lookedUp));
  };
}

function lookedUp(address: string): LookupAddress {
  return { address, family: address.includes(':') ? 6 : 4 };
}
