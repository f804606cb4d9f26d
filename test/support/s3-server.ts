/** An S3-compatible store that somebody else wrote: s3rver, which knows keys but computes no signatures of version 4. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';

export interface S3Server extends AsyncDisposable {
  /** Of its only bucket. */
  readonly bucketUrl: string;
  /** What the program needs to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Objects, without what describes them. */
  keys(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const BUCKET = 'segments';
/** The only pair of keys that it knows. */
export const S3_KEY = 'S3RVER';

export async function startS3Server(folder = ''): Promise<S3Server> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-s3-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: BUCKET }],
  });
  const { port } = await server.run();
  const bucketUrl = `http://127.0.0.1:${port}/${BUCKET}${folder}`;
  let isUp = true;
  const stop = async () => {
    if (isUp) await server.close();
    isUp = false;
  };
  return {
    bucketUrl,
    environment: {
      LIVE_S3_URL: bucketUrl,
      LIVE_S3_ACCESS_KEY: S3_KEY,
      LIVE_S3_SECRET_KEY: S3_KEY,
    },
    async keys() {
      const names = await readdir(join(directory, BUCKET), { recursive: true });
      return names
        .filter((name) => name.endsWith('._S3rver_object'))
        .map((name) => name.slice(0, -'._S3rver_object'.length))
        .toSorted();
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
