/** Stands before another server and holds the n-th call from now until the test lets it on, so that everything can happen meanwhile. */
import { FakeUpstream, type Answer, type Asked } from './fake-upstream.ts';

export interface Gate extends AsyncDisposable {
  readonly url: string;
  /** Calls since the last `holdAt`. */
  readonly calls: number;
  /** Begins to count; the call with this number (from 0) waits. Resolves once it has come. */
  holdAt(number: number): Promise<void>;
  /** Lets it on, and all that follow. @param dies it fails instead (503), and connections are cut from now on */
  release(dies?: boolean): void;
  /** The server answers again. */
  revive(): void;
}

export async function startGate(target: string): Promise<Gate> {
  let calls = 0;
  let heldNumber = -1;
  let isDead = false;
  let arrived = () => {};
  let open = Promise.resolve();
  let release = () => {};
  const upstream = await FakeUpstream.start({
    answer: async (asked) => {
      if (calls++ === heldNumber) {
        arrived();
        await open;
        if (isDead) return { status: 503 };
      }
      return forwarded(asked, target);
    },
  });
  const revive = () => {
    isDead = false;
    upstream.script = () => (isDead ? { fault: { kind: 'reset' } } : {});
  };
  revive();
  return {
    url: upstream.url,
    get calls() {
      return calls;
    },
    holdAt(number) {
      calls = 0;
      heldNumber = number;
      open = new Promise((resolve) => {
        release = resolve;
      });
      return new Promise((resolve) => {
        arrived = resolve;
      });
    },
    release(dies = false) {
      isDead = dies;
      release();
    },
    revive,
    async [Symbol.asyncDispose]() {
      release();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

async function forwarded(
  { method, path, query, headers, body }: Asked,
  target: string,
): Promise<Answer> {
  const { authorization = '', 'content-type': contentType = '' } = headers;
  const search = query.size === 0 ? '' : `?${query}`;
  const answer = await fetch(target + encodeURI(path) + search, {
    method,
    headers: { authorization, ...(contentType !== '' && { 'content-type': contentType }) },
    ...(body !== '' && { body }),
  });
  return {
    status: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
    body: new Uint8Array(await answer.arrayBuffer()),
  };
}
