/** Calls to a service that answers in JSON: whatever comes back becomes JSON that was asked for, or the right failure. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { AppError } from '../../lib/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../lib/json/json-value.ts';
import type {
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../platform/upstream/upstream.ts';
import { debridFailure, type DebridErrorCode } from './failures.ts';
import { failureOfCode } from './service-codes.ts';

type Parameters = Readonly<Record<string, string>> | URLSearchParams;

export interface UploadedFile {
  /** Of the form. */
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface ApiRequest {
  /** POST where there is a body, else GET. */
  readonly method?: UpstreamRequest['method'];
  /** Below the base address, with a slash at the beginning; parts that come from elsewhere are encoded. */
  readonly path: string;
  readonly query?: Parameters;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Parameters;
  /** Sent as `multipart/form-data`, behind the fields of `form`. */
  readonly file?: UploadedFile;
  /** Sent as JSON. */
  readonly json?: JsonValue;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: CancelSignal;
}

/** What an answer says went wrong. */
export interface SaidFailure {
  /** As the service writes it, numbers as digits. */
  readonly code: string;
  /** What the code alone does not say; `failureOfCode` when absent. */
  readonly failure?: DebridErrorCode;
}

export interface ServiceApiOptions {
  /** Key of `service-codes.ts`. */
  readonly service: string;
  /** As users read it. */
  readonly name: string;
  /** Without a slash at the end. */
  readonly base: string;
  readonly upstream: Upstream;
  /** Null: the answer is none of an error, whatever its status. */
  readonly failureIn: (body: JsonObject, status: number) => SaidFailure | null;
}

/** Lists are paged: nothing that is asked for comes near it. */
const BODY_BYTES_MAX = 4 * 2 ** 20;
const CALL_TIMEOUT_MS = 20_000;
/** Statuses that say what is wrong where the body does not. */
const BY_STATUS: ReadonlyMap<number, DebridErrorCode> = new Map([
  [401, 'debrid.bad-token'],
  [402, 'debrid.need-premium'],
  [403, 'debrid.bad-token'],
  [404, 'debrid.not-found'],
  [405, 'debrid.refused-call'],
  [400, 'debrid.refused-call'],
  [451, 'debrid.infringing'],
  [507, 'debrid.no-space'],
]);

export class ServiceApi {
  readonly #options: ServiceApiOptions;

  constructor(options: ServiceApiOptions) {
    this.#options = options;
  }

  /** The answer; null when it is empty. @throws AppError `debrid.*`, `upstream.*`, `fetch.*` */
  async call(request: ApiRequest): Promise<JsonValue> {
    return this.read(await this.send(request));
  }

  /** Whatever the answer is, for calls that are not answered in JSON. @throws AppError `upstream.*`, `fetch.*` */
  async send(request: ApiRequest): Promise<UpstreamAnswer> {
    return this.#options.upstream.request({
      ...(await this.#requestOf(request)),
      signal: request.signal,
      timeoutMs: CALL_TIMEOUT_MS,
      bodyBytesMax: BODY_BYTES_MAX,
      retriesMax: isRepeatable(request) ? 1 : 0,
      isAnswer: (failed) => this.#isAboutTheAccount(failed),
    });
  }

  /** @throws AppError as `call`, and `debrid.bad-answer` for anything but an object */
  async object(request: ApiRequest): Promise<JsonObject> {
    const value = await this.call(request);
    if (!isJsonObject(value)) throw this.badAnswer('an object was expected');
    return value;
  }

  /** @param detail in words of ours, never what was received */
  failure(code: DebridErrorCode, detail = ''): AppError {
    return debridFailure(code, this.#options.name, detail);
  }

  badAnswer(detail: string): AppError {
    return this.failure('debrid.bad-answer', detail);
  }

  /** What the service itself says about a failure, for answers that say it of one thing in them. */
  saidFailure({ code, failure }: SaidFailure, status = 200): AppError {
    const known = failureOfCode(this.#options.service, code);
    const detail = known === undefined ? `HTTP ${status}` : code;
    return this.failure(failure ?? known ?? BY_STATUS.get(status) ?? unsaid(status), detail);
  }

  async #requestOf(request: ApiRequest) {
    const { method, path, query, headers } = request;
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const body = await bodyOf(request);
    return {
      url: `${this.#options.base}${path}${search}`,
      method: method ?? (body === null ? 'GET' : 'POST'),
      headers: { accept: 'application/json', ...headers, ...body?.headers },
      ...(body !== null && { body: body.content }),
    } as const;
  }

  /** An answer in JSON; null when it is empty. @throws AppError `debrid.*` */
  read(answer: UpstreamAnswer): JsonValue {
    const { status } = answer;
    const isOk = status >= 200 && status < 300;
    if (answer.bytes.byteLength === 0 && isOk) return null;
    const value = parsed(answer.bytes);
    if (value === undefined) throw this.unreadable(answer);
    const said = isJsonObject(value) ? this.#options.failureIn(value, status) : null;
    if (said !== null) throw this.saidFailure(said, status);
    if (isOk) return value;
    throw this.failure(BY_STATUS.get(status) ?? unsaid(status), `HTTP ${status}`);
  }

  /** What an answer means that is none of those that were expected. */
  unreadable({ status, contentType, bytes }: UpstreamAnswer): AppError {
    if (status === 401 || status === 403) return this.failure('debrid.bad-token', `HTTP ${status}`);
    if (status >= 300) return this.failure('debrid.service-down', `HTTP ${status}`);
    const isPage = contentType.startsWith('text/html') || startsLikePage(bytes);
    return isPage
      ? this.failure('debrid.service-down', 'a web page came instead of an answer')
      : this.badAnswer('not what its protocol says');
  }

  /** 5xx with a code that says more than that the service fails. */
  #isAboutTheAccount({ bytes, status }: UpstreamAnswer): boolean {
    const value = parsed(bytes);
    const said = isJsonObject(value) ? this.#options.failureIn(value, status) : null;
    if (said === null) return false;
    const failure = said.failure ?? failureOfCode(this.#options.service, said.code);
    return failure !== undefined && failure !== 'debrid.service-down';
  }
}

function isRepeatable({ form, file, json }: ApiRequest): boolean {
  return form === undefined && file === undefined && json === undefined;
}

interface RequestBody {
  readonly content: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

async function bodyOf({ form, file, json }: ApiRequest): Promise<RequestBody | null> {
  if (file !== undefined) return multipart(new URLSearchParams(form), file);
  if (form !== undefined)
    return {
      content: new URLSearchParams(form).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
  if (json === undefined) return null;
  return { content: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
}

async function multipart(fields: URLSearchParams, file: UploadedFile): Promise<RequestBody> {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  const { field, name, type, bytes } = file;
  form.append(field, new Blob([Uint8Array.from(bytes)], { type }), name);
  const encoded = new Response(form);
  return {
    content: new Uint8Array(await encoded.arrayBuffer()),
    headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
  };
}

function unsaid(status: number): DebridErrorCode {
  return status >= 500 ? 'debrid.service-down' : 'debrid.failed';
}

function parsed(bytes: Uint8Array): JsonValue | undefined {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonValue;
  } catch {
    return undefined;
  }
}

function startsLikePage(bytes: Uint8Array): boolean {
  return /^\s*<(?:!doctype|html|head|body)/i.test(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  );
}
