/** Login at TorBox by a code that is confirmed on its site. */
import { AppError } from '../../../lib/errors.ts';
import { countOf, objectOf, textOf } from '../../../lib/json/json-fields.ts';
import type { DeviceLogin } from '../contract.ts';
import type { DebridTools } from '../open-service.ts';
import { secondsOf } from '../transfers.ts';
import { torBoxApi } from './torbox.ts';

/** What the user is asked to let in. */
const APP = 'Sluice';
const LIFETIME_MS = 600_000;
/** What it says of codes that are over, or that it never gave. */
const OVER: ReadonlySet<string> = new Set([
  'debrid.bad-token',
  'debrid.not-found',
  'debrid.refused-call',
]);

export function torBoxLogin(tools: DebridTools): DeviceLogin {
  const api = torBoxApi('login', tools);
  return {
    async start({ signal }) {
      const query = { app: APP };
      const answer = await api.object({ path: '/user/auth/device/start', query, signal });
      const data = objectOf(answer['data']);
      const [userCode, deviceCode] = [textOf(data['code']), textOf(data['device_code'])];
      const verifyUrl =
        textOf(data['friendly_verification_url']) || textOf(data['verification_url']);
      if (userCode === '' || deviceCode === '' || !/^https?:/.test(verifyUrl))
        throw api.badAnswer('no code for a login');
      const expiresAtMs = secondsOf(data['expires_at']) * 1000 || Date.now() + LIFETIME_MS;
      return {
        userCode,
        verifyUrl,
        deviceCode,
        expiresAtMs,
        pollEveryS: countOf(data['interval']) ?? 5,
      };
    },
    async poll(deviceCode, { signal }) {
      const json = { device_code: deviceCode };
      try {
        const answer = await api.object({ path: '/user/auth/device/token', json, signal });
        const token = textOf(objectOf(answer['data'])['access_token']);
        if (token === '') throw api.badAnswer('no token after a login');
        return token;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === 'debrid.login-pending') return null;
        throw OVER.has(error.code) ? api.failure('debrid.login-expired') : error;
      }
    },
  };
}
