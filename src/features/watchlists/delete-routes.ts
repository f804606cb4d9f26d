/**
 * `/{configuration}/watchlist/{service}/delete`: GET shows what could be deleted, and deletes nothing; POST deletes the torrents
 * that were ticked, if the word was typed.
 */
import { Buffer } from 'node:buffer';
import { pageHeaders } from '../../http/page-headers.ts';
import { Representation } from '../../http/representation.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import { OWNER_KEY_HEADER, type UserContexts } from '../configure/contract.ts';
import type { DebridServices } from '../debrid/contract.ts';
import { CONFIRMATION, DELETE_STYLE_HASH, deletePage } from './delete-page.ts';
import type { Holding, Holdings } from './holdings.ts';
import { playing } from './service.ts';

export interface DeleteRouteParts {
  readonly contexts: UserContexts;
  readonly holdings: Holdings;
  readonly services: Pick<DebridServices, 'open'>;
}

const PATTERN = '/:config/watchlist/:service/delete';
/** There a GET deletes all that an account holds. */
const OLD_PATTERN = '/streaming_provider/:config/delete_all_watchlist';
const HTTP_FOUND = 302;
const BODY_BYTES_MAX = 64 * 1024;
const TIMEOUT_MS = 60_000;
const PROFILE_PREFIX = 'U-';
const HEADERS = pageHeaders([`style-src '${DELETE_STYLE_HASH}'`], "'self'");

export function deleteRoutes(parts: DeleteRouteParts): readonly Route[] {
  const handlers = new DeleteHandlers(parts);
  const row = { pattern: PATTERN, access: 'install', traffic: 'control' } as const;
  const rest = { cachePolicy: 'no-store', timeoutMs: TIMEOUT_MS } as const;
  return [
    {
      ...row,
      ...rest,
      name: 'watchlist-delete-page',
      handler: (request) => handlers.show(request),
    },
    {
      ...row,
      ...rest,
      method: 'POST',
      name: 'watchlist-delete',
      bodyBytesMax: BODY_BYTES_MAX,
      handler: (request) => handlers.delete(request),
    },
    {
      ...row,
      ...rest,
      pattern: OLD_PATTERN,
      name: 'legacy-watchlist-delete',
      handler: (request) => handlers.lead(request),
    },
  ];
}

class DeleteHandlers {
  readonly #parts: DeleteRouteParts;

  constructor(parts: DeleteRouteParts) {
    this.#parts = parts;
  }

  /** To the page of the first service: deletes nothing. @throws AppError `media.not-found` where none could be listed */
  async lead(request: Request): Promise<Reply> {
    const [segment = ''] = request.parameters;
    const { services } = await this.#parts.contexts.resolve(segment, request);
    const listed = services.all.find(({ entry }) => this.#parts.services.open(entry).list !== null);
    if (listed === undefined)
      throw new AppError('media.not-found', 'no service of this configuration lists what it holds');
    const url = `${request.baseUrl}/${segment}/watchlist/${listed.entry.service.service}/delete`;
    const headers = ['Location', url, 'Cache-Control', 'no-store'];
    return { status: HTTP_FOUND, representation: null, headers };
  }

  async show(request: Request): Promise<Reply> {
    return this.#page(request, await this.#entryOf(request));
  }

  async delete(request: Request): Promise<Reply> {
    const form = new URLSearchParams(request.body.toString('utf8'));
    const entry = await this.#entryOf(request);
    await this.#authorize(request, form.get('owner_key') ?? '');
    const ids = new Set(form.getAll('id'));
    if (form.get('confirm') !== CONFIRMATION)
      return this.#page(request, entry, `Nothing was deleted: type “${CONFIRMATION}” to confirm.`);
    const held = await this.#parts.holdings.listNow(entry, request.signal);
    const chosen = held.filter(({ id }) => ids.has(id));
    if (chosen.length === 0)
      return this.#page(
        request,
        entry,
        'Nothing was deleted: nothing that the account holds was ticked.',
      );
    const { deleted, failure } = await this.#remove(entry, chosen, request);
    await this.#parts.holdings.forget(entry);
    const message = `Deleted ${deleted} of ${chosen.length}.`;
    return failure === ''
      ? this.#page(request, entry, message, false)
      : this.#page(request, entry, `${message} ${failure}`);
  }

  /** One after the other; the first failure ends it. */
  async #remove(
    entry: ServiceEntry,
    chosen: readonly Holding[],
    { signal }: Request,
  ): Promise<{ readonly deleted: number; readonly failure: string }> {
    const account = this.#parts.services.open(entry);
    let deleted = 0;
    if (account.remove === null) return { deleted, failure: 'The service cannot delete.' };
    try {
      for (const { id } of chosen) {
        await account.remove(id, { signal, viewerIp: '' });
        deleted++;
      }
      return { deleted, failure: '' };
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      return { deleted, failure: error.message };
    }
  }

  async #entryOf(request: Request): Promise<ServiceEntry> {
    const [segment = '', service = ''] = request.parameters;
    const { services } = await this.#parts.contexts.resolve(segment, request);
    return playing(services, service).entry;
  }

  /** @throws AppError `profile.wrong-key` for a stored profile without its owner's key */
  async #authorize(request: Request, ownerKey: string): Promise<void> {
    const header = (name: string) => (name === OWNER_KEY_HEADER ? ownerKey : '');
    const asked = { signal: request.signal, header };
    await this.#parts.contexts.authorizeOwner(request.parameters[0] ?? '', asked);
  }

  async #page(
    request: Request,
    entry: ServiceEntry,
    message = '',
    isProblem = message !== '',
  ): Promise<Reply> {
    const html = deletePage({
      serviceName: entry.service.name,
      holdings: await this.#parts.holdings.listNow(entry, request.signal),
      asksOwnerKey: request.parameters[0]?.startsWith(PROFILE_PREFIX) === true,
      message,
      isProblem,
    });
    const representation = new Representation(Buffer.from(html), {
      contentType: 'text/html; charset=utf-8',
      cacheControl: 'no-store',
      compressible: true,
    });
    return { status: isProblem ? 400 : 200, representation, headers: HEADERS };
  }
}
