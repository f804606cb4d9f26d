/** Self-signed certificates made by openssl for one test. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TlsFiles } from '../../src/http/tls-files.ts';

/** For the `skip` of a test. */
export const withoutOpenssl =
  spawnSync('openssl', ['version']).status === 0 ? false : 'needs openssl';

/** Writes `<name>-cert.pem` and `<name>-key.pem` into the folder; `name` is the subject, too. */
export function makeCertificate(folder: string, name: string): TlsFiles {
  const [certFile, keyFile] = [join(folder, `${name}-cert.pem`), join(folder, `${name}-key.pem`)];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
    { stdio: 'ignore' },
  );
  return { certFile, keyFile };
}
