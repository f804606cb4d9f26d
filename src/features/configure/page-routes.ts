/**
 * The configure page: the files of `web/dist`, read once at start and served from memory, precompressed. Their names
 * hold a hash of their content, so clients keep them for ever; the page itself is asked for each time.
 */
import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { encodedEtag, Representation } from '../../http/representation.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';

const INDEX = 'index.html';
const IMMUTABLE = 'public, max-age=31536000, immutable';
const TIMEOUT_MS = 5000;
/** No inline script or style, nothing from elsewhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'", "font-src 'self'",
  "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');
const PAGE_HEADERS = [
  'Content-Security-Policy', CONTENT_SECURITY_POLICY,
  'Referrer-Policy', 'no-referrer',
  'X-Frame-Options', 'DENY',
  'Permissions-Policy', 'camera=(), geolocation=(), microphone=()',
];

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json', '.ico': 'image/x-icon', '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt']);

/** Finished answers by file name; empty when the page was not built. */
export type PageFiles = ReadonlyMap<string, Reply>;

/** Reads `web/dist`. @param directory absolute */
export async function readPageFiles(directory: string): Promise<PageFiles> {
  const names = await readdir(directory).catch((): string[] => []);
  const files = new Map<string, Reply>();
  for (const name of names) {
    const extension = extname(name);
    if (CONTENT_TYPES[extension] === undefined) continue;
    files.set(name, await fileReply(directory, name, extension));
  }
  return files;
}

async function fileReply(directory: string, name: string, extension: string): Promise<Reply> {
  const isIndex = name === INDEX;
  const representation = new Representation(await readFile(join(directory, name)), {
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    cacheControl: isIndex ? 'no-cache' : IMMUTABLE,
    compressible: COMPRESSIBLE.has(extension),
  });
  for (const [encoding, suffix] of [['br', '.br'], ['gzip', '.gz']] as const) {
    const bytes = await readFile(join(directory, name + suffix)).catch(() => null);
    if (bytes !== null) representation[encoding] = { bytes, etag: encodedEtag(representation.identity.etag, encoding) };
  }
  return { status: 200, representation, ...(isIndex ? { headers: PAGE_HEADERS } : {}) };
}

/** Rows of the route table for the page. */
export function pageRoutes(files: PageFiles): readonly Route[] {
  const page = { cachePolicy: 'no-cache', timeoutMs: TIMEOUT_MS, handler: () => fileOf(files, INDEX) };
  return [
    { pattern: '/configure', name: 'configure', ...page },
    { pattern: '/:config/configure', name: 'configure-again', ...page },
    {
      pattern: '/app/:file', name: 'app-file', cachePolicy: IMMUTABLE, timeoutMs: TIMEOUT_MS,
      handler: (request: Request) => fileOf(files, request.parameters[0] ?? ''),
    },
  ];
}

function fileOf(files: PageFiles, name: string): Reply {
  const reply = files.get(name);
  if (reply !== undefined) return reply;
  const reason = name === INDEX ? 'the configure page was not built: npm run build' : 'there is no such file';
  throw new AppError('request.not-found', reason);
}
