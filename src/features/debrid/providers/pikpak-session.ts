/** How PikPak is asked: a sign-in that lasts two hours, and a captcha token of minutes that every call carries. */
import { createHash } from 'node:crypto';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { countOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { AccessToken } from '../access-tokens.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { ServiceApi, type ApiRequest } from '../service-api.ts';

/** Of its web page, the same for everybody. */
const CLIENT_ID = 'YUMx5nI8ZU8Ap8pm';
const CLIENT_VERSION = '2.0.0';
const PACKAGE_NAME = 'mypikpak.com';
const CAPTCHA_SALTS = [
  'C9qPpZLN8ucRTaTiUMWYS9cQvWOE',
  '+r6CQVxjzJV6LCV',
  'F',
  'pFJRC',
  '9WXYIDGrwTCz2OiVlgZa90qpECPD6olt',
  '/750aCr4lm/Sly/c',
  'RB+DT/gZCrbV',
  '',
  'CyLsf7hdkIRxRm215hl',
  '7xHvLi2tOYP0Y92b',
  'ZGTXXxu8E/MIWaEDB+Sm/',
  '1UI3',
  'E7fP5Pfijd+7K+t6Tg/NhuLq0eEUVChpJSkrKxpO',
  'ihtqpG6FMt65+Xk+tWUH2',
  'NhXXU9rg4XXdzo7u5o',
] as const;
const SIGN_IN = '/v1/auth/signin';
/** A captcha token of this call is taken for all of the drive. */
const DRIVE_ACTION = 'GET:/drive/v1/files';
const SESSION_S = 7200;
const CAPTCHA_S = 300;

export class PikPakSession {
  readonly api: ServiceApi;
  readonly #userApi: ServiceApi;
  readonly #entry: ServiceEntry;
  readonly #tokens: DebridTools['tokens'];
  readonly #deviceId: string;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    this.#entry = entry;
    this.#tokens = tools.tokens;
    this.#deviceId = md5(entry.accountKey);
    this.api = pikPakApi(tools.config.PIKPAK_URL, entry, tools);
    this.#userApi = pikPakApi(tools.config.PIKPAK_USER_URL, entry, tools);
  }

  /** Asks the drive; once more with new tokens when it refuses those that it has given. */
  async object(request: ApiRequest): Promise<JsonObject> {
    const { signal } = request;
    const session = await this.#session(signal);
    const captcha = await this.#captcha(session, signal);
    try {
      return await this.api.object({ ...request, headers: this.#headers(captcha, session) });
    } catch (error) {
      if (!(error instanceof AppError) || !isRefusal(error)) throw error;
      this.#tokens.forget(this.#captchaKey, captcha);
      if (error.code === 'debrid.bad-token') this.#tokens.forget(this.#entry.accountKey, session);
    }
    const next = await this.#session(signal);
    const headers = this.#headers(await this.#captcha(next, signal), next);
    return this.api.object({ ...request, headers });
  }

  get #captchaKey(): string {
    return `${this.#entry.accountKey} captcha`;
  }

  #session(signal: CancelSignal): Promise<string> {
    return this.#tokens.get(this.#entry.accountKey, (own) => this.#signIn(own), signal);
  }

  #captcha(session: string, signal: CancelSignal): Promise<string> {
    const renew = (own: CancelSignal) => this.#newCaptcha(DRIVE_ACTION, session, own);
    return this.#tokens.get(this.#captchaKey, renew, signal);
  }

  async #signIn(signal: CancelSignal): Promise<AccessToken> {
    const captcha = await this.#newCaptcha(`POST:${SIGN_IN}`, '', signal);
    const answer = await this.#userApi.object({
      path: SIGN_IN,
      query: { client_id: CLIENT_ID },
      json: {
        captcha_token: captcha.token,
        client_id: CLIENT_ID,
        username: this.#entry.text('em'),
        password: this.#entry.text('pw'),
      },
      headers: this.#headers(captcha.token, ''),
      signal,
    });
    return tokenIn(answer, 'access_token', SESSION_S, this.#userApi);
  }

  async #newCaptcha(action: string, session: string, signal: CancelSignal): Promise<AccessToken> {
    const timestamp = String(Date.now());
    const meta: Readonly<Record<string, JsonValue>> = {
      captcha_sign: captchaSign(this.#deviceId, timestamp),
      client_version: CLIENT_VERSION,
      package_name: PACKAGE_NAME,
      timestamp,
      ...(session === '' ? { username: this.#entry.text('em') } : { user_id: userIdIn(session) }),
    };
    const answer = await this.#userApi.object({
      path: '/v1/shield/captcha/init',
      query: { client_id: CLIENT_ID },
      json: { action, captcha_token: '', client_id: CLIENT_ID, device_id: this.#deviceId, meta },
      headers: this.#headers('', session),
      signal,
    });
    // Where it asks for a person at a screen, there is an address and no token.
    if (textOf(answer['url']) !== '') throw this.#userApi.failure('debrid.ip-not-allowed');
    return tokenIn(answer, 'captcha_token', CAPTCHA_S, this.#userApi);
  }

  #headers(captcha: string, session: string): Readonly<Record<string, string>> {
    return {
      'x-client-id': CLIENT_ID,
      'x-client-version': CLIENT_VERSION,
      'x-device-id': this.#deviceId,
      ...(captcha !== '' && { 'x-captcha-token': captcha }),
      ...(session !== '' && { authorization: `Bearer ${session}` }),
    };
  }
}

function pikPakApi(base: string, entry: ServiceEntry, tools: DebridTools): ServiceApi {
  return new ServiceApi({
    service: 'pikpak',
    name: 'PikPak',
    base,
    upstream: openHosted('pikpak', base, entry.accountKey, tools),
    failureIn: ({ error }) => (textOf(error) === '' ? null : { code: textOf(error) }),
  });
}

function isRefusal({ code }: AppError): boolean {
  return code === 'debrid.ip-not-allowed' || code === 'debrid.bad-token';
}

/** What its page computes, over and over. */
export function captchaSign(deviceId: string, timestamp: string): string {
  const start = `${CLIENT_ID}${CLIENT_VERSION}${PACKAGE_NAME}${deviceId}${timestamp}`;
  return `1.${CAPTCHA_SALTS.reduce((sign, salt) => md5(`${sign}${salt}`), start)}`;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** Of the middle part of a JSON Web Token; empty for anything else. */
function userIdIn(session: string): string {
  const part = session.split('.')[1] ?? '';
  const text = Buffer.from(part, 'base64url').toString();
  return /"sub":"([\w-]+)"/.exec(text)?.[1] ?? '';
}

function tokenIn(
  answer: JsonObject,
  field: string,
  lifetimeS: number,
  api: ServiceApi,
): AccessToken {
  const token = textOf(answer[field]);
  if (token === '') throw api.badAnswer('no token');
  return { token, lifetimeMs: (countOf(answer['expires_in']) ?? lifetimeS) * 1000 };
}
