/**
 * Takes renewed TLS files into use while the server runs: when they change, and when it is told to. Files that cannot be used
 * are said once, and the certificate in use stays.
 */
import { stat } from 'node:fs/promises';
import type { Logger } from '../platform/log/logger.ts';
import { readTlsPair, type TlsFiles, type TlsPair } from './tls-files.ts';

export interface TlsRenewalOptions {
  readonly files: TlsFiles;
  /** What the server started with. */
  readonly pair: TlsPair;
  /** How often the files are looked at, in milliseconds. */
  readonly pollMs: number;
  /** Serves the files as they are now to all connections that open from now on; throws when they cannot be used. */
  readonly swap: () => void;
  readonly logger: Logger;
}

export class TlsRenewal implements Disposable {
  readonly #options: TlsRenewalOptions;
  readonly #timer: NodeJS.Timeout;
  #pair: TlsPair;
  /** Of the files as they were looked at last, and as they were read last. */
  #seen = '';
  #read = '';
  #isDisposed = false;
  #last: Promise<void>;

  constructor(options: TlsRenewalOptions) {
    this.#options = options;
    this.#pair = options.pair;
    this.#last = this.#signature().then((signature) => {
      this.#seen = this.#read = signature;
    });
    this.#timer = setInterval(() => {
      this.#last = this.#last.then(() => this.#look());
    }, options.pollMs).unref();
  }

  /** Reads the files now; what came of it is in the log. */
  reload(): Promise<void> {
    this.#last = this.#last.then(() => this.#renew());
    return this.#last;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearInterval(this.#timer);
  }

  /** Two equal looks: the certificate is written before its key, or the other way round. */
  async #look(): Promise<void> {
    const signature = await this.#signature();
    const isSettled = signature === this.#seen;
    this.#seen = signature;
    if (isSettled && signature !== this.#read) await this.#renew();
  }

  async #renew(): Promise<void> {
    if (this.#isDisposed) return;
    const { files, swap, logger } = this.#options;
    this.#read = await this.#signature();
    try {
      const pair = await readTlsPair(files);
      if (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key)) {
        return logger.info({}, 'the TLS files are those in use');
      }
      swap();
      this.#pair = pair;
      logger.info({ expiresAt: pair.expiresAt.toISOString() }, 'the renewed certificate is in use');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      logger.error(
        { reason },
        'the renewed TLS files cannot be used, the certificate in use stays',
      );
    }
  }

  async #signature(): Promise<string> {
    const { certFile, keyFile } = this.#options.files;
    return (await Promise.all([certFile, keyFile].map(signatureOf))).join();
  }
}

/** Changes with the file, and with the link that leads to it. */
function signatureOf(path: string): Promise<string> {
  return stat(path).then(
    ({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`,
    () => 'none',
  );
}
