/** Logging in at Real-Debrid: private tokens as they are, and what its device login gives, packed into one text. */
import { AppError } from '../../../lib/errors.ts';
import { countOf, idOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import { fixedBearer, renewedBearer, type AccessTokens, type Bearer } from '../access-tokens.ts';
import type { DebridCall, DeviceCode, DeviceLogin } from '../contract.ts';
import { decodedBase64 } from '../packed-token.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { ServiceApi } from '../service-api.ts';

const OAUTH = '/oauth/v2';
/** Of open-source programs that run anywhere. */
const CLIENT_ID = 'X245A4XAIBGVM';
const GRANT = 'http://oauth.net/grant_type/device/1.0';
const PACKED = /^([\w-]{4,64}):([\w-]{4,128}):([\w-]{4,128})$/;
const LIFETIME_S = 3600;

/** @param account who pays for the calls */
export function realDebridApi(account: string, tools: DebridTools): ServiceApi {
  const base = tools.config.REALDEBRID_URL;
  return new ServiceApi({
    service: 'realdebrid',
    name: 'Real-Debrid',
    base,
    upstream: openHosted('realdebrid', base, account, tools),
    failureIn: ({ error, error_code: code }) =>
      error === undefined ? null : { code: idOf(code) || textOf(error) },
  });
}

/** `tk` is a private token, or base64 of `client_id:client_secret:refresh_token`. */
export function realDebridBearer(
  entry: ServiceEntry,
  api: ServiceApi,
  tokens: AccessTokens,
): Bearer {
  const token = entry.text('tk');
  const [, clientId, clientSecret, code] = PACKED.exec(decodedBase64(token)) ?? [];
  if (clientId === undefined || clientSecret === undefined || code === undefined)
    return fixedBearer(token);
  const form = {
    client_id: clientId,
    client_secret: clientSecret,
    code,
    grant_type: GRANT,
  };
  return renewedBearer(
    entry.accountKey,
    async (signal) => {
      const answer = await asRefusal(api, api.object({ path: `${OAUTH}/token`, form, signal }));
      return {
        token: textOf(answer['access_token']),
        lifetimeMs: (countOf(answer['expires_in']) ?? LIFETIME_S) * 1000,
      };
    },
    tokens,
  );
}

/** Whatever it says against a login that was good once: the user has to log in again. */
async function asRefusal(api: ServiceApi, answer: Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await answer;
  } catch (error) {
    throw isPending(error) ? api.failure('debrid.bad-token') : error;
  }
}

export function realDebridLogin(tools: DebridTools): DeviceLogin {
  const api = realDebridApi('login', tools);
  return {
    async start({ signal }: DebridCall): Promise<DeviceCode> {
      const query = { client_id: CLIENT_ID, new_credentials: 'yes' };
      const answer = await api.object({ path: `${OAUTH}/device/code`, query, signal });
      const verifyUrl = textOf(answer['verification_url']);
      if (!/^https?:/.test(verifyUrl)) throw api.badAnswer('no address for a login');
      return {
        userCode: textOf(answer['user_code']),
        verifyUrl,
        deviceCode: textOf(answer['device_code']),
        expiresAtMs: Date.now() + (countOf(answer['expires_in']) ?? 600) * 1000,
        pollEveryS: countOf(answer['interval']) ?? 5,
      };
    },
    async poll(deviceCode: string, { signal }: DebridCall): Promise<string | null> {
      const query = { client_id: CLIENT_ID, code: deviceCode };
      const path = `${OAUTH}/device/credentials`;
      const credentials = await orPending(api.object({ path, query, signal }));
      if (credentials === null) return null;
      const clientId = textOf(credentials['client_id']);
      const clientSecret = textOf(credentials['client_secret']);
      if (clientSecret === '') return null;
      const answer = await api.object({
        path: `${OAUTH}/token`,
        form: {
          client_id: clientId,
          client_secret: clientSecret,
          code: deviceCode,
          grant_type: GRANT,
        },
        signal,
      });
      const packed = `${clientId}:${clientSecret}:${textOf(answer['refresh_token'])}`;
      if (!PACKED.test(packed)) throw api.badAnswer('no token after a login');
      return Buffer.from(packed).toString('base64');
    },
  };
}

/** Until the user has confirmed, it answers with an error. */
async function orPending(answer: Promise<JsonObject>): Promise<JsonObject | null> {
  try {
    return await answer;
  } catch (error) {
    if (isPending(error)) return null;
    throw error;
  }
}

const PENDING: ReadonlySet<string> = new Set([
  'debrid.bad-token',
  'debrid.refused-call',
  'debrid.not-found',
  'debrid.failed',
]);

function isPending(error: unknown): boolean {
  return error instanceof AppError && PENDING.has(error.code);
}
