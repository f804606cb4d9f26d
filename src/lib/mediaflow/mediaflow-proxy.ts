/**
 * A user's MediaFlow proxy: the addresses at which it plays and forwards. What they ask for is encrypted with its password
 * (AES-256-CBC, the key padded with spaces), so that neither the password nor the file's own address is in a redirect.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import { isJsonObject, type JsonValue } from '../json/json-value.ts';

const KEY_BYTES = 32;
const IV_BYTES = 16;

export class MediaflowProxy {
  /** Without a slash at the end. */
  readonly base: string;
  readonly #password: string;

  constructor(url: string, password: string) {
    const { protocol, host, pathname } = new URL(url);
    this.base = `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
    this.#password = password;
  }

  /** Of the proxy, lower case, without brackets. */
  get host(): string {
    return new URL(this.base).hostname.replace(/^\[(.*)\]$/, '$1');
  }

  get isOpen(): boolean {
    return this.#password === '';
  }

  /**
   * Where the proxy does what `path` says. A proxy without a password takes it in clear alone, and for ever.
   * @param parameters of the query
   */
  address(
    path: string,
    parameters: Readonly<Record<string, string>>,
    expiresAtMs: number,
    filename = '',
  ): string {
    const file = filename === '' ? '' : `/${encodeURIComponent(filename)}`;
    if (this.isOpen) return `${this.base}${path}${file}?${new URLSearchParams(parameters)}`;
    const exp = Math.floor(expiresAtMs / 1000);
    const token = this.#sealed({ ...parameters, api_password: this.#password, exp });
    return `${this.base}/_token_${token}${path}${file}`;
  }

  #sealed(content: Readonly<Record<string, string | number>>): string {
    const padded = Buffer.concat([Buffer.from(this.#password), Buffer.alloc(KEY_BYTES, ' ')]);
    const key = padded.subarray(0, KEY_BYTES);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    return Buffer.concat([iv, cipher.update(JSON.stringify(content)), cipher.final()]).toString(
      'base64url',
    );
  }
}

/** Null where a configuration's `mfc` names no proxy. */
export function mediaflowProxyOf(settings: JsonValue | undefined): MediaflowProxy | null {
  if (!isJsonObject(settings)) return null;
  const { pu, ap } = settings;
  if (typeof pu !== 'string' || !URL.canParse(pu) || !/^https?:/i.test(pu)) return null;
  return new MediaflowProxy(pu, typeof ap === 'string' ? ap : '');
}
