/**
 * The chat of a stream: its history over HTTP, then what comes over a WebSocket, and after a cut from the last message on.
 * Where no WebSocket comes through, as behind some proxies, the page asks again and again.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/http.ts';
import { instancePassword } from '../state/instance-password.ts';
import { browserKey } from './browser-key.ts';
import { chatHistory, chatSocketUrl, sayOverHttp, type ChatMessage } from './live-api.ts';

export interface Chat {
  readonly messages: readonly ChatMessage[];
  /** Null while unknown. */
  readonly viewers: number | null;
  readonly isConnected: boolean;
  /** Why the chat is closed to this viewer; empty while it is not. */
  readonly closed: string;
  /** Resolves when the message is stored. Rejects with an Error in words. */
  say(text: string, author: string): Promise<void>;
  /** It was deleted by us. */
  forget(id: number): void;
}

type ChatEvent =
  | ({ readonly type: 'message' } & ChatMessage)
  | { readonly type: 'deleted'; readonly id: number }
  | { readonly type: 'hello' | 'presence'; readonly viewers: number }
  | { readonly type: 'said'; readonly ref: string }
  | { readonly type: 'error'; readonly ref?: string; readonly message: string };

interface Waiting {
  resolve(): void;
  reject(error: Error): void;
}

const MESSAGES_MAX = 300;
const POLL_MS = 3000;
const FIRST_PAUSE_MS = 500;
const PAUSE_MAX_MS = 30_000;
/** So often a connection may fail before it greeted: then there is no way for it. */
const FAILURES_MAX = 2;
const SAY_TIMEOUT_MS = 10_000;
const BANNED = 4003;
const PROTOCOL = 'sluice.chat.v1';

export function useChat(): Chat {
  const [messages, setMessages] = useState<readonly ChatMessage[]>([]);
  const [viewers, setViewers] = useState<number | null>(null);
  const [isConnected, setConnected] = useState(false);
  const [closed, setClosed] = useState('');
  const connection = useRef<Connection | null>(null);

  const add = useCallback((more: readonly ChatMessage[]) => {
    if (more.length > 0) setMessages((shown) => merged(shown, more));
  }, []);
  const forget = useCallback((id: number) => {
    setMessages((shown) => shown.filter((message) => message.id !== id));
  }, []);

  useEffect(() => {
    const opened = new Connection({ add, forget, setViewers, setConnected, setClosed });
    connection.current = opened;
    return () => opened.close();
  }, [add, forget]);

  const say = useCallback(async (text: string, author: string) => {
    await connection.current?.say(text, author);
  }, []);
  return { messages, viewers, isConnected, closed, say, forget };
}

interface Listener {
  add(messages: readonly ChatMessage[]): void;
  forget(id: number): void;
  setViewers(viewers: number): void;
  setConnected(isConnected: boolean): void;
  setClosed(reason: string): void;
}

class Connection {
  readonly #listener: Listener;
  readonly #waiting = new Map<string, Waiting>();
  #socket: WebSocket | null = null;
  #timer: number | undefined;
  #isClosed = false;
  #lastId = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #failures = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
    void this.#begin();
  }

  close(): void {
    this.#isClosed = true;
    window.clearTimeout(this.#timer);
    this.#socket?.close();
  }

  say(text: string, author: string): Promise<void> {
    const ref = crypto.randomUUID();
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return this.#sayOverHttp(text, author, ref);
    return new Promise((resolve, reject) => {
      const late = () => {
        this.#waiting.delete(ref);
        // Whether it was stored or not: with its ref it is stored once.
        this.#sayOverHttp(text, author, ref).then(resolve, reject);
      };
      const timer = window.setTimeout(late, SAY_TIMEOUT_MS);
      const settle = (end: () => void) => () => {
        window.clearTimeout(timer);
        this.#waiting.delete(ref);
        end();
      };
      this.#waiting.set(ref, {
        resolve: settle(resolve),
        reject: (error) => settle(() => reject(error))(),
      });
      socket.send(JSON.stringify({ type: 'say', text, author, ref }));
    });
  }

  async #sayOverHttp(text: string, author: string, ref: string): Promise<void> {
    this.#take([await sayOverHttp(text, author, ref)]);
  }

  async #begin(): Promise<void> {
    try {
      this.#take(await chatHistory());
    } catch {
      return this.#later(() => void this.#begin());
    }
    if (this.#isClosed) return;
    if (this.#failures >= FAILURES_MAX) return this.#poll();
    this.#connect();
  }

  #poll(): void {
    this.#listener.setConnected(true);
    this.#timer = window.setTimeout(() => void this.#begin(), POLL_MS);
  }

  #connect(): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(chatSocketUrl(this.#lastId), protocols());
    } catch {
      this.#failures = FAILURES_MAX;
      return this.#poll();
    }
    this.#socket = socket;
    let hasGreeted = false;
    socket.addEventListener('message', ({ data }) => {
      const event = JSON.parse(String(data)) as ChatEvent;
      if (event.type === 'hello') {
        hasGreeted = true;
        this.#failures = 0;
        this.#pauseMs = FIRST_PAUSE_MS;
        this.#listener.setConnected(true);
      }
      this.#heard(event);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.#isClosed) return;
      this.#listener.setConnected(false);
      if (!hasGreeted) this.#failures += 1;
      if (code === BANNED) return this.#listener.setClosed(reason || 'You may not write here.');
      this.#later(() => void this.#begin());
    });
  }

  #heard(event: ChatEvent): void {
    if (event.type === 'message') this.#take([event]);
    else if (event.type === 'deleted') this.#listener.forget(event.id);
    else if (event.type === 'said') this.#waiting.get(event.ref)?.resolve();
    else if (event.type === 'error')
      this.#waiting.get(event.ref ?? '')?.reject(new Error(event.message));
    else if (event.type === 'hello' || event.type === 'presence')
      this.#listener.setViewers(event.viewers);
  }

  #take(messages: readonly ChatMessage[]): void {
    for (const { id } of messages) this.#lastId = Math.max(this.#lastId, id);
    this.#listener.add(messages);
  }

  #later(again: () => void): void {
    if (this.#isClosed) return;
    this.#timer = window.setTimeout(again, this.#pauseMs * (0.5 + Math.random()));
    this.#pauseMs = Math.min(2 * this.#pauseMs, PAUSE_MAX_MS);
  }
}

/** In the order of ids, each once, the newest few hundred. */
function merged(
  shown: readonly ChatMessage[],
  more: readonly ChatMessage[],
): readonly ChatMessage[] {
  const byId = new Map([...shown, ...more].map((message) => [message.id, message]));
  return [...byId.values()].toSorted((a, b) => a.id - b.id).slice(-MESSAGES_MAX);
}

/** Browsers can send no headers with a WebSocket: what they would hold comes as names of protocols. */
function protocols(): string[] {
  const password = instancePassword();
  return [
    PROTOCOL,
    spoken('x-chat-key', browserKey()),
    ...(password === null ? [] : [spoken('x-api-key', password)]),
  ];
}

function spoken(name: string, value: string): string {
  const bytes = new TextEncoder().encode(value);
  const base64 = btoa(String.fromCharCode(...bytes));
  return `${name}.${base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** What went wrong, for the viewer. */
export function wordsOf(error: unknown): string {
  if (error instanceof ApiError && error.retryAfterSeconds !== null)
    return `${error.message} (again in ${error.retryAfterSeconds} s)`;
  return error instanceof Error ? error.message : 'The message was not sent.';
}
