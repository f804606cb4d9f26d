/** Proxies that the operator names: what their addresses say, and the way through them. */
import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import { Pool } from 'undici';
import { AppError } from '../../lib/errors.ts';

/** A name or a literal without brackets, and its port. */
export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

export interface Proxy extends AsyncDisposable {
  /** It is given names instead of the addresses that we know for them. */
  readonly resolvesNames: boolean;
  /** A connection to the target. @throws AppError `fetch.failed`, `fetch.timeout` */
  open(target: ProxyTarget): Promise<Socket>;
}

const SOCKS_PORT = 1080;

/**
 * @param url `http://`, `https://`, `socks5://` (names are resolved here and checked) or `socks5h://` (names are resolved by
 *   the proxy), with or without `user:password@`
 * @param timeoutMs of connecting to the proxy, and then of the way that it opens
 * @throws AppError `fetch.bad-url`
 */
export function openProxy(url: string, timeoutMs: number): Proxy {
  const target = URL.canParse(url) ? new URL(url) : null;
  const login = target === null ? null : loginOf(target);
  if (target === null || target.hostname === '' || login === null) throw badProxy();
  switch (target.protocol) {
    case 'http:':
    case 'https:':
      return new HttpProxy(target, login, timeoutMs);
    case 'socks5:':
    case 'socks5h:':
      return new SocksProxy(target, login, timeoutMs);
    default:
      throw badProxy();
  }
}

interface Login {
  readonly user: string;
  readonly password: string;
}

/** Null for broken percent-encoding. */
function loginOf({ username, password }: URL): Login | null {
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return null;
  }
}

/** RFC 9110 section 9.3.6: CONNECT. */
class HttpProxy implements Proxy {
  readonly resolvesNames = false;
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;

  constructor(url: URL, { user, password }: Login, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#pool = new Pool(url.origin, { connect: { timeout: timeoutMs } });
    const basic = Buffer.from(`${user}:${password}`).toString('base64');
    this.#headers =
      user === '' && password === '' ? {} : { 'proxy-authorization': `Basic ${basic}` };
  }

  async open({ host, port }: ProxyTarget): Promise<Socket> {
    const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    try {
      const { statusCode, socket } = await this.#pool.connect({
        path,
        headers: { ...this.#headers, host: path },
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      if (statusCode === 200) return socket as Socket;
      socket.on('error', () => {}).destroy();
      throw noWay(`it answered ${statusCode}`);
    } catch (error) {
      throw proxyFailure(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}

/** RFC 1928, with user and password of RFC 1929. */
class SocksProxy implements Proxy {
  readonly resolvesNames: boolean;
  readonly #url: URL;
  readonly #login: Login;
  readonly #timeoutMs: number;

  constructor(url: URL, login: Login, timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.resolvesNames = url.protocol === 'socks5h:';
    this.#url = url;
    this.#login = login;
  }

  async open({ host, port }: ProxyTarget): Promise<Socket> {
    const { user, password } = this.#login;
    const login = user === '' && password === '' ? {} : { userId: user, password };
    try {
      const { socket } = await SocksClient.createConnection({
        proxy: {
          host: this.#url.hostname.replace(/^\[(.*)\]$/, '$1'),
          port: Number(this.#url.port || SOCKS_PORT),
          type: 5,
          ...login,
        },
        command: 'connect',
        destination: { host, port },
        timeout: this.#timeoutMs,
      });
      return socket;
    } catch (error) {
      throw proxyFailure(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function badProxy(): AppError {
  return new AppError(
    'fetch.bad-url',
    'the address of the proxy is not one: expected http://, https://, socks5:// or socks5h://, and a host',
  );
}

function noWay(why: string): AppError {
  return new AppError('fetch.failed', `the proxy opens no way to the other server: ${why}`);
}

/** Errors of the libraries hold the options that they were given, passwords included: none is kept. */
function proxyFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const text = error instanceof Error ? error.message : '';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (
    error instanceof Error &&
    (error.name === 'TimeoutError' || /timed out/.test(text) || code === 'UND_ERR_CONNECT_TIMEOUT')
  )
    return new AppError('fetch.timeout', 'the proxy did not answer in time');
  return noWay(code === '' ? text : code);
}
