/** `GET /`: a page to a browser, the manifest to a client (of a private instance, to whoever has its key). */
import { Buffer } from 'node:buffer';
import { pageHeaders } from '../../http/page-headers.ts';
import { Representation } from '../../http/representation.ts';
import type { Handler, Reply, Request, Route } from '../../http/route.ts';
import type { InstanceAccess } from '../access/contract.ts';
import type { Readiness } from '../health/contract.ts';
import { landingPage, STYLE_HASH, type LandingIdentity } from './page.ts';

export interface LandingRouteOptions {
  readonly identity: LandingIdentity;
  readonly access: InstanceAccess;
  readonly readiness: () => Promise<Readiness>;
  readonly manifest: Handler;
  /** How many sources the instance searches. */
  readonly sourceCount: number;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** Two answers at one address: no cache may mix them up, and not every cache heeds `Vary`. */
const NO_STORE = 'no-store';
const VARY = ['Vary', 'Accept'];

export function landingRoute({
  identity,
  access,
  readiness,
  manifest,
  sourceCount,
  timeoutMs,
}: LandingRouteOptions): Route {
  const headers = [
    ...VARY,
    ...pageHeaders([
      `style-src '${STYLE_HASH}'`,
      `img-src 'self' ${originOf(identity.logoUrl)}`.trim(),
    ]),
  ];
  const page = async (request: Request): Promise<Reply> => {
    const { isPrivate } = access;
    const html = landingPage(identity, request.baseUrl, await readiness(), {
      isPrivate,
      sourceCount,
    });
    return textReply(Buffer.from(html), 'text/html; charset=utf-8', headers);
  };
  return {
    pattern: '/',
    name: 'root',
    access: 'open',
    traffic: 'page',
    cachePolicy: NO_STORE,
    timeoutMs,
    uncapped: true,
    requestHeaders: ['accept'],
    handler: (request) => {
      if (/\btext\/html\b/i.test(request.header('accept'))) return page(request);
      access.require(request);
      const reply = manifest(request);
      return reply instanceof Promise ? reply.then(unstored) : unstored(reply);
    },
  };
}

function unstored(reply: Reply): Reply {
  const { representation } = reply;
  return representation === null
    ? reply
    : textReply(representation.identity.bytes, representation.contentType, VARY);
}

function textReply(body: Buffer, contentType: string, headers: readonly string[]): Reply {
  const representation = new Representation(body, {
    contentType,
    cacheControl: NO_STORE,
    compressible: true,
  });
  return { status: 200, representation, headers };
}

function originOf(url: string | null): string {
  return url === null || !URL.canParse(url) ? '' : new URL(url).origin;
}
