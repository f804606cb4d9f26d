/** MediaFlow proxy as its HTTP is: encrypted tokens in the path, the address that it has, and calls and films through it. */
import { createDecipheriv } from 'node:crypto';
import { FakeUpstream, json, type Answer, type Asked } from './fake-upstream.ts';

export interface MediaflowOptions {
  readonly password: string;
  /** Empty: it cannot find it out. */
  readonly publicIp?: string;
  /** False: as before 2.4.9, which had no `/proxy/forward`. */
  readonly forwards?: boolean;
}

const KEY_BYTES = 32;
const IV_BYTES = 16;
/** Of `/proxy/forward`: headers that would say who asks. */
const DISCLOSING = /^(?:x-forwarded-for|x-real-ip|x-client-ip|true-client-ip|forwarded)$/;
const FRAMING = /^(?:connection|keep-alive|transfer-encoding|content-encoding|content-length)$/;

export function startMediaflow(options: MediaflowOptions): Promise<FakeUpstream> {
  return FakeUpstream.start({ answer: (asked) => answerOf(asked, options) });
}

async function answerOf(
  asked: Asked,
  { password, publicIp = '', forwards = true }: MediaflowOptions,
): Promise<Answer | undefined> {
  const [, token, rest] = /^\/_token_([^/]+)(\/.*)$/.exec(asked.path) ?? [];
  const path = rest ?? asked.path;
  const query = token === undefined ? asked.query : opened(token, password);
  if (query === null) return json({ error: 'Invalid or expired token' }, 401);
  if (password !== '' && query.get('api_password') !== password)
    return json({ detail: 'Could not validate credentials' }, 403);
  if (path === '/proxy/ip')
    return publicIp === ''
      ? json({ detail: 'Could not determine public IP' }, 503)
      : json({ ip: publicIp });
  const isStream = path === '/proxy/stream' || path.startsWith('/proxy/stream/');
  if (!isStream && !(forwards && path === '/proxy/forward'))
    return asked.method === 'GET' ? json({ detail: 'Not Found' }, 404) : { status: 405 };
  const destination = query.get('d');
  if (destination === null)
    return json({ detail: [{ type: 'missing', loc: ['query', 'd'] }] }, 422);
  return isStream ? { body: `film of ${destination}` } : forward(asked, destination, query);
}

/** Null for a token of another password, or of the past. */
function opened(token: string, password: string): URLSearchParams | null {
  const bytes = Buffer.from(token, 'base64url');
  const key = Buffer.alloc(KEY_BYTES, 0x20);
  Buffer.from(password).copy(key);
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, IV_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
    const content = JSON.parse(text.toString()) as Record<string, string | number>;
    if (Number(content['exp'] ?? Infinity) < Date.now() / 1000) return null;
    return new URLSearchParams(
      Object.entries(content).map(([name, value]): [string, string] => [name, `${value}`]),
    );
  } catch {
    return null;
  }
}

async function forward(
  { method, body }: Asked,
  destination: string,
  query: URLSearchParams,
): Promise<Answer> {
  const headers = Object.fromEntries(
    [...query]
      .filter(([name]) => name.startsWith('h_'))
      .map(([name, value]) => [name.slice(2), value] as const)
      .filter(([name]) => !DISCLOSING.test(name)),
  );
  try {
    const answer = await fetch(destination, {
      method,
      headers: { ...headers, via: 'mediaflow' },
      ...(body !== '' && { body }),
    });
    const added = [...query].filter(([name]) => name.startsWith('r_'));
    return {
      status: answer.status,
      headers: {
        ...Object.fromEntries([...answer.headers].filter(([name]) => !FRAMING.test(name))),
        ...Object.fromEntries(added.map(([name, value]) => [name.slice(2), value])),
      },
      body: new Uint8Array(await answer.arrayBuffer()),
    };
  } catch {
    return json({ detail: 'Upstream connection error' }, 502);
  }
}
