/** Requests to the endpoints that configure, and what they answer. */

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** The whole answer; `json` is empty for a body that is no object. Rejects after 15 s. */
export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(15_000) });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text.startsWith('{') ? JSON.parse(text) : {},
  };
}

/** What `ask` needs to send a body as JSON. */
export const send = (
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

/** What a client shows of a stream. */
export interface ShownStream {
  readonly name: string;
  readonly description: string;
  readonly externalUrl?: string;
}

/** The rows of an answer of the stream route. */
export const streamsOf = ({ json }: Answer) => json['streams'] as readonly ShownStream[];
