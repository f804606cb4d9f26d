/** From configuration to what the server asks for. */
import type { TlsFiles } from '../http/tls-files.ts';
import type { Config } from '../platform/config/config.ts';

/** Null: the server speaks HTTP. */
export function tlsFiles({ TLS_CERT: certFile, TLS_KEY: keyFile }: Config): TlsFiles | null {
  return certFile === null || keyFile === null ? null : { certFile, keyFile };
}
