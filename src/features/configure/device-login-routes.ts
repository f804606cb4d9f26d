/**
 * Login by a code, where a service has it: `POST /configure/device-login` asks for a code, and `…/poll` whether the user has
 * entered it. The token is answered to whoever polls with the service's own device code, and is kept nowhere.
 */
import { Buffer } from 'node:buffer';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import type { AddressRate } from '../../lib/address-rate.ts';
import { AppError } from '../../lib/errors.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { DebridServices, DeviceLogin } from '../debrid/contract.ts';
import { failureWords } from './account-words.ts';

export interface DeviceLoginOptions {
  readonly services: Pick<DebridServices, 'deviceLogin'>;
  readonly rate: AddressRate;
  readonly pollRate: AddressRate;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const BODY_BYTES_MAX = 4096;
const DEVICE_CODE = /^[\w.~:+/=-]{1,1024}$/;
/** At a time in this process; others are refused. */
const CALLS_MAX = 32;
const POLL_EVERY_MIN_S = 2;
const POLL_EVERY_MAX_S = 60;

export function deviceLoginRoutes(options: DeviceLoginOptions): readonly Route[] {
  const handlers = new DeviceLoginHandlers(options);
  const row = (pattern: string, name: string, handler: Route['handler']): Route => ({
    method: 'POST',
    pattern,
    name,
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs: options.timeoutMs,
    bodyBytesMax: BODY_BYTES_MAX,
    handler,
  });
  return [
    row('/configure/device-login', 'device-login', (request) => handlers.start(request)),
    row('/configure/device-login/poll', 'device-login-poll', (request) => handlers.poll(request)),
  ];
}

class DeviceLoginHandlers {
  readonly #options: DeviceLoginOptions;
  #underWay = 0;

  constructor(options: DeviceLoginOptions) {
    this.#options = options;
  }

  start(request: Request): Promise<Reply> {
    this.#options.rate.take(request.clientAddress);
    const login = this.#loginOf(jsonObjectBody(request)['service']);
    return this.#answer(request, async (call) => {
      const code = await login.start(call);
      return {
        state: 'waiting',
        user_code: code.userCode,
        verify_url: code.verifyUrl,
        device_code: code.deviceCode,
        expires_in_s: Math.max(0, Math.round((code.expiresAtMs - Date.now()) / 1000)),
        poll_every_s: Math.min(Math.max(code.pollEveryS, POLL_EVERY_MIN_S), POLL_EVERY_MAX_S),
      };
    });
  }

  poll(request: Request): Promise<Reply> {
    this.#options.pollRate.take(request.clientAddress);
    const { service, device_code: code } = jsonObjectBody(request);
    const login = this.#loginOf(service);
    if (typeof code !== 'string' || !DEVICE_CODE.test(code))
      throw new AppError('request.bad-body', 'expected the device_code that the login began with', {
        field: 'device_code',
      });
    return this.#answer(request, async (call) => {
      const token = await login.poll(code, call);
      return token === null ? { state: 'waiting' } : { state: 'done', token };
    });
  }

  #loginOf(service: JsonValue | undefined): DeviceLogin {
    const login = typeof service === 'string' ? this.#options.services.deviceLogin(service) : null;
    if (login !== null) return login;
    throw new AppError(
      'request.bad-body',
      'expected the name of a service with a login by a code',
      {
        field: 'service',
      },
    );
  }

  /** What the service refuses is an answer, too: `failed`, with the reason in words. */
  async #answer(
    { signal }: Request,
    work: (call: { readonly signal: Request['signal']; readonly viewerIp: '' }) => Promise<object>,
  ): Promise<Reply> {
    if (this.#underWay >= CALLS_MAX)
      throw new AppError('server.overloaded', 'too many logins are under way: try again');
    this.#underWay++;
    try {
      return reply(await work({ signal, viewerIp: '' }));
    } catch (error) {
      if (signal.aborted) throw error;
      return reply({ state: 'failed', message: failureWords(error) });
    } finally {
      this.#underWay--;
    }
  }
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
