/**
 * Pages for browsers: the files of `web/dist`, read once at start and served from memory, precompressed. Their names hold a
 * hash of their content, so clients keep them for ever; a page itself is asked for each time. It finds its files relative to
 * the address that it was asked at, so it works below whatever path a proxy puts before ours.
 */
import { Buffer } from 'node:buffer';
import { readFile, readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pageHeaders } from '../../http/page-headers.ts';
import { encodedEtag, Representation } from '../../http/representation.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';

const INDEX = 'index.html';
const LIVE = 'live.html';
/** From the page's address to the root of the add-on. */
const TO_ROOT = { here: './', above: '../', twoAbove: '../../' } as const;
const IMMUTABLE = 'public, max-age=31536000, immutable';
const TIMEOUT_MS = 5000;
const SOURCES = [
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
];
const PAGE_HEADERS = pageHeaders(SOURCES);
/** hls.js hands pieces of the picture to the browser, and takes them apart in a worker of its own making. */
const LIVE_HEADERS = pageHeaders([...SOURCES, "media-src 'self' blob:", "worker-src 'self' blob:"]);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
};
const COMPRESSIBLE = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt']);

/** Finished answers by file name; empty when the page was not built. */
export type PageFiles = ReadonlyMap<string, Reply>;

/** Reads `web/dist`. @param directory absolute */
export async function readPageFiles(directory: string): Promise<PageFiles> {
  const names = await readdir(directory).catch((): string[] => []);
  const files = new Map<string, Reply>();
  if (names.includes(INDEX)) {
    const html = await readFile(join(directory, INDEX), 'utf8');
    for (const toRoot of Object.values(TO_ROOT))
      files.set(indexName(toRoot), htmlReply(html, toRoot, PAGE_HEADERS));
  }
  if (names.includes(LIVE)) {
    const html = await readFile(join(directory, LIVE), 'utf8');
    files.set(LIVE, htmlReply(html, TO_ROOT.above, LIVE_HEADERS));
  }
  for (const name of names) {
    const extension = extname(name);
    if (CONTENT_TYPES[extension] === undefined || name === INDEX || name === LIVE) continue;
    files.set(name, await fileReply(directory, name, extension));
  }
  return files;
}

async function fileReply(directory: string, name: string, extension: string): Promise<Reply> {
  const representation = new Representation(await readFile(join(directory, name)), {
    contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
    cacheControl: IMMUTABLE,
    compressible: COMPRESSIBLE.has(extension),
  });
  for (const [encoding, suffix] of [
    ['br', '.br'],
    ['gzip', '.gz'],
  ] as const) {
    const bytes = await readFile(join(directory, name + suffix)).catch(() => null);
    if (bytes === null) continue;
    representation[encoding] = {
      bytes,
      etag: encodedEtag(representation.identity.etag, encoding, 'careful'),
    };
  }
  return { status: 200, representation };
}

/** The page with the addresses of its files as they are from where it is asked for. */
function htmlReply(html: string, toRoot: string, headers: readonly string[]): Reply {
  const representation = new Representation(
    Buffer.from(html.replaceAll('="./', `="${toRoot}app/`)),
    {
      contentType: CONTENT_TYPES['.html'] ?? 'text/html',
      cacheControl: 'no-cache',
      compressible: true,
    },
  );
  return { status: 200, representation, headers };
}

function indexName(toRoot: string): string {
  return `${toRoot}${INDEX}`;
}

/** Rows of the route table for the page. */
export function pageRoutes(files: PageFiles): readonly Route[] {
  const page = (pattern: string, name: string, file: string): Route => ({
    pattern,
    name,
    access: 'open',
    traffic: 'page',
    cachePolicy: 'no-cache',
    timeoutMs: TIMEOUT_MS,
    handler: () => fileOf(files, file),
  });
  return [
    page('/configure', 'configure', indexName(TO_ROOT.here)),
    page('/configure/', 'configure-folder', indexName(TO_ROOT.above)),
    page('/:config/configure', 'configure-again', indexName(TO_ROOT.above)),
    page('/:config/configure/', 'configure-again-folder', indexName(TO_ROOT.twoAbove)),
    page('/import', 'import-page', indexName(TO_ROOT.here)),
    page('/import/', 'import-page-folder', indexName(TO_ROOT.above)),
    page('/:config/import', 'import-page-of', indexName(TO_ROOT.above)),
    page('/:config/import/', 'import-page-of-folder', indexName(TO_ROOT.twoAbove)),
    page('/live/:id', 'live-page', LIVE),
    {
      pattern: '/app/:file',
      name: 'app-file',
      access: 'open',
      traffic: 'page',
      cachePolicy: IMMUTABLE,
      timeoutMs: TIMEOUT_MS,
      handler: (request: Request) => fileOf(files, request.parameters[0] ?? ''),
    },
  ];
}

function fileOf(files: PageFiles, name: string): Reply {
  const reply = files.get(name);
  if (reply !== undefined) return reply;
  const reason = name.endsWith('.html')
    ? 'the page was not built: npm run build'
    : 'there is no such file';
  throw new AppError('request.not-found', reason);
}
