/** `http` blocks of documents: a request as it goes over the wire and, below it, what of its answer is promised. */
import { RawConnection } from './raw-connection.ts';

export interface HttpExample {
  readonly request: string;
  readonly status: number;
  /** Header lines that the answer must have; `…` stands for anything. */
  readonly headers: readonly string[];
  /** White space does not count, `…` stands for anything; null when the document shows none. */
  readonly body: string | null;
}

/** @throws Error for a block that is no example: without request line, or without status line */
export function parseHttpExample(text: string): HttpExample {
  const [, request = '', status = '', answer = ''] =
    /^([\s\S]+?)\n\nHTTP\/1\.1 (\d{3})([\s\S]*)$/.exec(text) ?? [];
  if (!/^[A-Z]+ \S+ HTTP\/1\.[01](?:\n|$)/.test(request)) {
    throw new Error(
      'expected a request like GET /path HTTP/1.1, a blank line, and HTTP/1.1 with the status',
    );
  }
  const [head = '', ...body] = answer.split('\n\n');
  const [, ...headers] = head.split('\n');
  return {
    request: toWire(request),
    status: Number(status),
    headers,
    body: body.length === 0 ? null : body.join('\n\n'),
  };
}

/** Line ends of HTTP, the length of a body, and a host where none is given. */
function toWire(request: string): string {
  const [head = '', ...rest] = request.split('\n\n');
  const body = rest.join('\n\n');
  const lines = head.split('\n');
  if (!lines.some((line) => /^host:/i.test(line))) lines.push('Host: 127.0.0.1');
  if (body !== '') lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** What the server answers otherwise than the example says; empty when it keeps its word. */
export async function differencesOf(example: HttpExample, port: number): Promise<string[]> {
  await using connection = await RawConnection.open(port);
  connection.write(example.request);
  const timer = setTimeout(() => connection.socket.destroy(), ANSWER_TIMEOUT_MS);
  const isUnframed = example.headers.includes('Connection: close');
  if (isUnframed) await connection.closed;
  const isBodiless = example.status === 304 || example.request.startsWith('HEAD ');
  const answer = isUnframed
    ? unframed(connection.received)
    : await connection.response({ bodiless: isBodiless });
  clearTimeout(timer);
  if (answer === null) return ['the connection was closed without an answer'];
  const differences =
    answer.status === example.status
      ? []
      : [`status ${answer.status} instead of ${example.status}`];
  for (const line of example.headers) {
    const name = line.slice(0, line.indexOf(':'));
    const value = answer.headers.get(name.toLowerCase());
    if (value === undefined) differences.push(`no header ${name}`);
    else if (!pattern(line.slice(name.length + 1).trim()).test(value))
      differences.push(`${name}: ${value}`);
  }
  const body = answer.body.toString('utf8');
  if (example.body !== null && !pattern(withoutBlanks(example.body)).test(withoutBlanks(body))) {
    differences.push(`body ${body.slice(0, 400)}`);
  }
  return differences;
}

const ANSWER_TIMEOUT_MS = 60_000;

/** An answer of the HTTP parser has no length: it ends with the connection. */
function unframed(
  bytes: Buffer,
): { status: number; headers: ReadonlyMap<string, string>; body: Buffer } | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map(
    (line) =>
      [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ] as const,
  );
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Map(headers),
    body: bytes.subarray(end + 4),
  };
}

function withoutBlanks(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

function pattern(text: string): RegExp {
  const parts = text
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[\\s\\S]*')}$`);
}
