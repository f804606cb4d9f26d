/** Requests to the server that the page came from, with a deadline, and its errors as one class. */
import { pageLocation } from '../lib/install-link.ts';
import type { FieldProblem } from '../lib/providers.ts';
import { instancePassword } from '../state/instance-password.ts';

const TIMEOUT_MS = 15_000;

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly problems: readonly FieldProblem[];
  readonly retryAfterSeconds: number | null;

  constructor(
    status: number,
    code: string,
    message: string,
    problems: readonly FieldProblem[],
    retryAfterSeconds: number | null,
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.problems = problems;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as it is where it is a file, else as JSON. */
  readonly body?: unknown;
  readonly ownerKey?: string;
  /** Of whose position in a recording it is. */
  readonly viewerKey?: string;
  /** It goes on when the page is left. */
  readonly keepalive?: boolean;
  readonly signal?: AbortSignal;
  /** For what asks other servers in turn. */
  readonly timeoutMs?: number;
}

/** The JSON answer. @throws ApiError for anything but success; `network` when there is no answer */
export async function api<T>(path: string, request: ApiRequest = {}): Promise<T> {
  const { method = 'GET', body, ownerKey, viewerKey, signal, timeoutMs = TIMEOUT_MS } = request;
  const deadline = AbortSignal.timeout(timeoutMs);
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined && !(body instanceof Blob)) headers['Content-Type'] = 'application/json';
  if (ownerKey !== undefined) headers['X-Owner-Key'] = ownerKey;
  if (viewerKey !== undefined) headers['X-Viewer-Key'] = viewerKey;
  const password = instancePassword();
  if (password !== null) headers['X-API-Key'] = password;
  let response: Response;
  try {
    response = await fetch(pageLocation(location.pathname).basePath + path, {
      method,
      headers,
      credentials: 'same-origin',
      keepalive: request.keepalive ?? false,
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(
      0,
      'network',
      'The server does not answer. Check the connection, then try again.',
      [],
      null,
    );
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw errorOf(response, answer);
  return answer as T;
}

interface ErrorText {
  readonly message?: string;
  readonly code?: string;
}

/** Every error has `error`; those of settings repeat it beside their `errors`. */
interface ErrorBody extends ErrorText {
  readonly error?: ErrorText;
  readonly errors?: readonly FieldProblem[];
}

function errorOf(response: Response, answer: unknown): ApiError {
  const body: ErrorBody = typeof answer === 'object' && answer !== null ? answer : {};
  const { code, message } = body.error ?? body;
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  return new ApiError(
    response.status,
    code ?? `http-${response.status}`,
    message ?? `The server answered ${response.status}.`,
    body.errors ?? [],
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}
