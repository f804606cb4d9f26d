/** A viewer as docs/live.md tells browsers to be one: goes on after its last id, sends again what was not acknowledged. */
import { randomUUID } from 'node:crypto';
import { poll, sleep } from '../../src/lib/async/wait.ts';
import { SocketClient } from './socket-client.ts';

const LIMIT_MS = 60_000;
const RECONNECT_MS = 100;

interface Event {
  readonly type: string;
  readonly id?: number;
  readonly ref?: string;
  readonly [field: string]: unknown;
}

export class ChatClient implements AsyncDisposable {
  /** Ids of messages, as they were heard. */
  readonly ids: number[] = [];
  readonly events: Event[] = [];
  /** Texts by the id that was acknowledged. */
  readonly acknowledged = new Map<number, string>();
  reconnects = -1;
  /** Codes of the connections that ended after they were open. */
  readonly closedWith: number[] = [];
  readonly #url: string;
  readonly #headers: Record<string, string>;
  readonly #unheard = new Map<string, string>();
  #socket: SocketClient | null = null;
  #isDisposed = false;
  readonly #running: Promise<void>;

  /** @param url of the chat */
  constructor(url: string, headers: Record<string, string> = {}) {
    this.#url = url;
    this.#headers = headers;
    this.#running = this.#run();
  }

  get waiting(): number {
    return this.#unheard.size;
  }

  say(text: string): void {
    const ref = randomUUID();
    this.#unheard.set(ref, text);
    this.#send(ref, text);
  }

  async until(what: string, isSo: (client: ChatClient) => boolean): Promise<void> {
    if (await poll(() => isSo(this), { everyMs: 20, timeoutMs: LIMIT_MS })) return;
    throw new Error(
      `${what}: not so after ${LIMIT_MS} ms; ${JSON.stringify(this.events.slice(-3))}`,
    );
  }

  async ready(): Promise<this> {
    await this.until('hello', ({ events }) => events.some(({ type }) => type === 'hello'));
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true;
    this.#socket?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isDisposed) {
      const socket = new SocketClient(
        `${this.#url}?after_id=${this.ids.at(-1) ?? 0}`,
        this.#headers,
        ['sluice.chat.v1'],
      );
      socket.onText = (text) => this.#hear(JSON.parse(text));
      this.#socket = socket;
      await socket.opened.then(
        () => {
          this.reconnects++;
          for (const [ref, text] of this.#unheard) this.#send(ref, text);
        },
        () => undefined,
      );
      const { code } = await socket.closed;
      if (socket.wasOpen) this.closedWith.push(code);
      this.#socket = null;
      if (!this.#isDisposed) await sleep(RECONNECT_MS);
    }
  }

  #send(ref: string, text: string): void {
    if (this.#socket?.isOpen === true)
      this.#socket.say(JSON.stringify({ type: 'say', author: 'Ada', text, ref }));
  }

  #hear(event: Event): void {
    this.events.push(event);
    const { type, id = 0, ref = '' } = event;
    if (type === 'message') this.ids.push(id);
    if (type !== 'said') return;
    this.acknowledged.set(id, this.#unheard.get(ref) ?? '');
    this.#unheard.delete(ref);
  }
}
