/** A bucket of an S3-compatible store, addressed by path: objects put, read, listed, deleted, and shown to other programs. */
import { Buffer } from 'node:buffer';
import aws4 from 'aws4';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import type { Fetcher, FetchedBytes, HttpMethod } from '../fetch/fetcher.ts';

export interface BucketOptions {
  /** `https://s3.example.org/bucket`, perhaps with the beginning of all keys behind it; without a slash at its end. */
  readonly url: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

interface Call {
  readonly method: HttpMethod;
  readonly body?: Buffer;
  readonly contentType?: string;
  readonly bodyBytesMax?: number;
  readonly signal: CancelSignal;
}

const TIMEOUT_MS = 30_000;
/** Objects are put whole, so that the same again changes nothing. */
const ATTEMPTS_MAX = 3;
const FIRST_PAUSE_MS = 300;
const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const KEYS_A_PAGE = 1000;
/** Nothing is listed, and the right to list is needed all the same. */
const NOBODYS_PREFIX = '.ready/';
const NOT_FOUND = 404;
const SERVER_ERROR = 500;
const TOO_MANY = 429;
const SUCCESS_MAX = 299;

export class Bucket {
  readonly #options: BucketOptions;
  readonly #fetcher: Fetcher;
  readonly #origin: string;
  /** `/bucket`, of the bucket itself. */
  readonly #bucketPath: string;
  /** What all keys begin with: empty, or with a slash at its end. */
  readonly #keyPrefix: string;

  constructor(options: BucketOptions, fetcher: Fetcher) {
    const { origin, pathname } = new URL(options.url);
    const [, bucket = '', ...folders] = pathname.split('/');
    this.#options = options;
    this.#fetcher = fetcher;
    this.#origin = origin;
    this.#bucketPath = `/${bucket}`;
    this.#keyPrefix = folders.map((folder) => `${folder}/`).join('');
  }

  /** @param key of plain characters @throws AppError `storage.failed` */
  async put(key: string, body: Buffer, contentType: string, signal: CancelSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#ask(this.#pathOf(key), { method: 'PUT', body, contentType, signal });
        return;
      } catch (error) {
        if (attempt === ATTEMPTS_MAX || !(error instanceof Unavailable)) throw error;
        await sleep(FIRST_PAUSE_MS * 2 ** attempt * (0.5 + Math.random()), signal);
      }
    }
  }

  /** Null when there is no such object. @throws AppError `storage.failed` */
  async get(key: string, bodyBytesMax: number, signal: CancelSignal): Promise<Buffer | null> {
    const answer = await this.#ask(this.#pathOf(key), { method: 'GET', bodyBytesMax, signal });
    if (answer.status === NOT_FOUND) return null;
    const { buffer, byteOffset, byteLength } = answer.bytes;
    return Buffer.from(buffer, byteOffset, byteLength);
  }

  async delete(key: string, signal: CancelSignal): Promise<void> {
    await this.#ask(this.#pathOf(key), { method: 'DELETE', signal });
  }

  /** The next thousand keys that begin with `prefix`, which are of plain characters. */
  async list(prefix: string, signal: CancelSignal): Promise<readonly string[]> {
    const { bytes } = await this.#list(prefix, signal);
    const listed = Buffer.from(bytes)
      .toString('utf8')
      .matchAll(/<Key>([^<]*)<\/Key>/g);
    return [...listed].map(([, key = '']) => key.slice(this.#keyPrefix.length));
  }

  /** Rejects where the bucket cannot be asked with these keys. */
  async check(signal: CancelSignal): Promise<void> {
    const { status } = await this.#list(NOBODYS_PREFIX, signal);
    if (status === NOT_FOUND) throw failed('404 NoSuchBucket');
  }

  /** An address by which another program reads the object for `seconds`: as secret as the keys while it holds. */
  addressFor(key: string, seconds: number): string {
    const path = `${this.#pathOf(key)}?X-Amz-Expires=${seconds}`;
    const signed = aws4.sign({ ...this.#target('GET', path), signQuery: true }, this.#credentials);
    return this.#origin + (signed.path ?? '');
  }

  #list(prefix: string, signal: CancelSignal): Promise<FetchedBytes> {
    const beginning = encodeURIComponent(this.#keyPrefix + prefix);
    const query = `list-type=2&max-keys=${KEYS_A_PAGE}&prefix=${beginning}`;
    return this.#ask(`${this.#bucketPath}?${query}`, { method: 'GET', signal });
  }

  #pathOf(key: string): string {
    return `${this.#bucketPath}/${this.#keyPrefix}${key}`;
  }

  get #credentials() {
    const { accessKey: accessKeyId, secretKey: secretAccessKey } = this.#options;
    return { accessKeyId, secretAccessKey };
  }

  #target(method: HttpMethod, path: string) {
    const { host } = new URL(this.#origin);
    return { service: 's3', region: this.#options.region, method, path, host };
  }

  /** Not found is an answer. @throws AppError `storage.failed` */
  async #ask(path: string, call: Call): Promise<FetchedBytes> {
    const { method, body, contentType, bodyBytesMax = ANSWER_BYTES_MAX, signal } = call;
    const headers = contentType === undefined ? {} : { 'content-type': contentType };
    const target = { ...this.#target(method, path), headers, ...(body !== undefined && { body }) };
    const signed = aws4.sign(target, this.#credentials);
    const answer = await this.#fetcher
      .fetchBytes(this.#origin + (signed.path ?? ''), {
        method,
        headers: sentHeaders(signed.headers ?? {}),
        ...(body !== undefined && { body }),
        bodyBytesMax,
        manualRedirect: true,
        signal,
        timeoutMs: TIMEOUT_MS,
        route: { lane: 'shared', proxyUrl: null, trustedOrigins: [this.#origin] },
      })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw failed(error instanceof AppError ? error.code : 'nothing', Unavailable, error);
      });
    if (answer.status > SUCCESS_MAX && answer.status !== NOT_FOUND) throw refusal(answer);
    if (answer.status === NOT_FOUND && method === 'PUT') throw failed('404 NoSuchBucket');
    return answer;
  }
}

/** Those that the client of HTTP writes itself are signed as it writes them. */
function sentHeaders(signed: object): Record<string, string> {
  const own = Object.entries(signed).filter(([name]) => !/^(?:host|content-length)$/i.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

/** Asking again may help. */
class Unavailable extends AppError {}

/** Of the answer only its code: the rest may name the access key. */
function refusal({ status, bytes }: FetchedBytes): AppError {
  const [, code = ''] =
    /<Code>(\w{1,64})<\/Code>/.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  const isTransient = status >= SERVER_ERROR || status === TOO_MANY;
  return failed(`${status} ${code}`.trim(), isTransient ? Unavailable : AppError);
}

function failed(answered: string, kind = AppError, cause?: unknown): AppError {
  const message = `the store of segments answered: ${answered}`;
  return new kind('storage.failed', message, { detail: answered, cause });
}
