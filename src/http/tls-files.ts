/** The certificate and key that operators name: read and checked as a pair, without opening anything. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { StartError } from '../lib/start-error.ts';
import { codeOf } from './error-code.ts';

export interface TlsFiles {
  /** PEM, the whole chain. */
  readonly certFile: string;
  /** PEM, without a passphrase. */
  readonly keyFile: string;
}

/** What the two files held when they were read. */
export interface TlsPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Of the first certificate in the file. */
  readonly expiresAt: Date;
}

/** @throws StartError naming the variable and file that cannot be read, or why the pair cannot be used */
export async function readTlsPair({ certFile, keyFile }: TlsFiles): Promise<TlsPair> {
  const cert = await readPem('TLS_CERT', certFile);
  const key = await readPem('TLS_KEY', keyFile);
  const certificate = parse(
    `TLS_CERT=${certFile} holds no PEM certificate`,
    () => new X509Certificate(cert),
  );
  const privateKey = parse(`TLS_KEY=${keyFile} holds no PEM private key without a passphrase`, () =>
    createPrivateKey(key),
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new StartError(
      `TLS_CERT=${certFile} and TLS_KEY=${keyFile} do not belong together: expected one pair`,
    );
  }
  // The rest of the chain; the native module says nothing about why it refuses a pair.
  parse(`TLS_CERT=${certFile} and TLS_KEY=${keyFile} cannot be used`, () =>
    createSecureContext({ cert, key }),
  );
  return { cert, key, expiresAt: new Date(certificate.validTo) };
}

function parse<T>(complaint: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new StartError(`${complaint}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readPem(variable: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new StartError(`${variable}=${path} cannot be read: ${codeOf(error)}`);
  }
}
