/** EasyDebrid: what its cache has plays at once; the rest it fetches some time later, and accounts hold nothing. */
import { countOf, idOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
import { formatMagnet } from '../../../lib/torrent/magnet.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DirectLink,
  Transfer,
  Wanted,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { saidInSentence } from '../sentences.ts';
import { ServiceApi } from '../service-api.ts';
import { fileOf, transferFields } from '../transfers.ts';

const API = '/api/v1';
const CHECK_MAX = 50;

export function easyDebridAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new EasyDebridAccount(entry, tools);
}

class EasyDebridAccount implements DebridAccount {
  readonly service = 'easydebrid';
  readonly checkMax = CHECK_MAX;
  readonly list = null;
  readonly remove = null;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    const base = tools.config.EASYDEBRID_URL;
    this.#entry = entry;
    this.#api = new ServiceApi({
      service: 'easydebrid',
      name: 'EasyDebrid',
      base: `${base}${API}`,
      upstream: openHosted('easydebrid', base, entry.accountKey, tools),
      failureIn: ({ error }) => (textOf(error) === '' ? null : saidInSentence(textOf(error))),
    });
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const details = await this.#ask('/user/details', null, call);
    const user = idOf(details['id']);
    if (user === '') throw this.#api.badAnswer('no account');
    const untilMs = (countOf(details['paid_until']) ?? 0) * 1000;
    return {
      user,
      isPremium: untilMs > Date.now(),
      premiumUntilMs: untilMs === 0 ? null : untilMs,
    };
  }

  readonly checkCached = async (
    infohashes: readonly string[],
    call: DebridCall,
  ): Promise<ReadonlySet<string>> => {
    const urls = infohashes.map((infohash) => magnetOf({ infohash, name: '' }));
    const { cached } = await this.#ask('/link/lookup', { urls }, call);
    if (!Array.isArray(cached) || cached.length !== infohashes.length)
      throw this.#api.badAnswer('not one result for each torrent');
    return new Set(infohashes.filter((_, index) => cached[index] === true));
  };

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const { infohash, name } = wanted;
    if (await this.#isCached(infohash, call)) return this.#generated({ infohash, name }, call);
    await this.#ask('/link/request', { url: formatMagnet(wanted) }, call);
    return {
      kind: 'torrent',
      id: '',
      infohash,
      ...transferFields({ name, state: 'queued' }),
    };
  }

  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const isCached = await this.#isCached(transfer.infohash, call);
    return isCached ? this.#generated(transfer, call) : { ...transfer, state: 'queued', files: [] };
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    if (file.locator !== '') return directLink(file.locator, this.#entry);
    const { state, files } = await this.refresh(transfer, call);
    if (state !== 'ready') throw this.#api.failure('debrid.downloading');
    const present = files.find(({ id }) => id === file.id);
    if (present === undefined) throw this.#api.failure('debrid.not-downloaded');
    return directLink(present.locator, this.#entry);
  }

  async #isCached(infohash: string, call: DebridCall): Promise<boolean> {
    return (await this.checkCached([infohash], call)).has(infohash);
  }

  async #generated(
    { infohash, name }: Pick<Transfer, 'infohash' | 'name'>,
    call: DebridCall,
  ): Promise<Transfer> {
    const url = magnetOf({ infohash, name });
    const answer = await this.#ask('/link/generate', { url }, call);
    const files = objectsOf(answer['files'])
      .map((row) => generatedFile(row))
      .filter((file) => file !== null);
    if (files.length === 0) throw this.#api.badAnswer('no files of a torrent');
    const size = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const fields = transferFields({ name, state: 'ready', size, files });
    return { kind: 'torrent', id: '', infohash, ...fields };
  }

  #ask(path: string, json: JsonValue, { signal, viewerIp }: DebridCall): Promise<JsonObject> {
    return this.#api.object({
      path,
      ...(json !== null && { json }),
      headers: {
        authorization: `Bearer ${this.#entry.text('tk')}`,
        ...(viewerIp !== '' && { 'x-forwarded-for': viewerIp }),
      },
      signal,
    });
  }
}

function magnetOf(torrent: Pick<Transfer, 'infohash' | 'name'>): string {
  return formatMagnet({ ...torrent, trackers: [] });
}

function generatedFile(row: JsonObject): DebridFile | null {
  const folders = Array.isArray(row['directory']) ? (row['directory'] as readonly JsonValue[]) : [];
  const path = [...folders, row['filename']]
    .map((part) => textOf(part))
    .filter((part) => part !== '')
    .join('/');
  return fileOf({ id: path, path, size: row['size'], locator: row['url'] });
}
