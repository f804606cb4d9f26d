/** One answer as it comes over the wire, for byte counts and for bare servers that repeat it. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';

const TIMEOUT_MS = 10_000;

export interface RawAnswer {
  readonly status: number;
  /** Still compressed. */
  readonly body: Buffer;
  /** Without hop-by-hop and generated headers. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Rejects when nothing answers within 10 s. */
export async function rawAnswer(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return await new Promise((resolve, reject) => {
    send(
      url,
      { headers, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) },
      (incoming: IncomingMessage) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(chunks),
            headers: pairsOf(incoming.rawHeaders),
          }),
        );
        incoming.on('error', reject);
      },
    )
      .on('error', reject)
      .end();
  });
}

/** The text, inflated where it came compressed. */
export function textOf({ body, headers }: RawAnswer): string {
  const isGzip = headers.some(
    ([name, value]) => name.toLowerCase() === 'content-encoding' && value === 'gzip',
  );
  return (isGzip ? gunzipSync(body) : body).toString();
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!/^(date|content-length|connection|keep-alive|transfer-encoding)$/i.test(name))
      pairs.push([name, rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}
