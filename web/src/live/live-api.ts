/** What the page of a live stream asks of the server. */
import { api } from '../api/http.ts';
import { pageLocation } from '../lib/install-link.ts';

export interface LiveStream {
  readonly id: string;
  readonly title: string;
  readonly status: 'created' | 'live' | 'ended';
  readonly startedAt: string | null;
}

export interface ChatMessage {
  readonly id: number;
  readonly author: string;
  readonly text: string;
  readonly created_at: string;
  /** Written by the owner of the stream. */
  readonly owner?: boolean;
}

export interface Bitrate {
  readonly currentBps: number;
  readonly averageBps: number;
  readonly peakBps: number;
  readonly drops: number;
  /** Bits of each of the last seconds, oldest first. */
  readonly seconds: readonly number[];
}

export const STREAM_ID = location.pathname.replace(/\/$/, '').split('/').at(-1) ?? '';

const POSITION = `/api/v1/vod/${STREAM_ID}/position`;
const STREAM = `/api/v1/live/${STREAM_ID}`;
const CHAT = `${STREAM}/chat`;
const HISTORY = 50;

/** Relative to the server: what the page was opened through may stand before it. */
export const playlistUrl = `${pageLocation(location.pathname).basePath}/live/${STREAM_ID}/index.m3u8`;

export function liveStream(signal: AbortSignal): Promise<LiveStream> {
  return api(STREAM, { signal });
}

/** The newest, oldest of them first. */
export async function chatHistory(signal?: AbortSignal): Promise<readonly ChatMessage[]> {
  const { messages } = await api<{ readonly messages: readonly ChatMessage[] }>(
    `${CHAT}?limit=${HISTORY}`,
    signal === undefined ? {} : { signal },
  );
  return messages.toReversed();
}

export function sayOverHttp(text: string, author: string, ref: string): Promise<ChatMessage> {
  return api(CHAT, { method: 'POST', body: { text, author, ref } });
}

export function deleteMessage(id: number, ownerKey: string): Promise<unknown> {
  return api(`${CHAT}/${id}`, { method: 'DELETE', ownerKey });
}

export function bitrateOf(ownerKey: string, signal: AbortSignal): Promise<Bitrate> {
  return api(`${STREAM}/bitrate`, { ownerKey, signal });
}

/** Seconds; 0 where it was never left. */
export async function keptPosition(viewerKey: string, signal: AbortSignal): Promise<number> {
  return (await api<{ readonly seconds: number }>(POSITION, { viewerKey, signal })).seconds;
}

export function keepPosition(seconds: number, viewerKey: string): Promise<unknown> {
  return api(POSITION, { method: 'PUT', body: { seconds }, viewerKey, keepalive: true });
}

export function forgetPosition(viewerKey: string): Promise<unknown> {
  return api(POSITION, { method: 'DELETE', viewerKey });
}

/** @param afterId of the last message that is shown */
export function chatSocketUrl(afterId: number): string {
  const { basePath } = pageLocation(location.pathname);
  const url = new URL(`${basePath}${CHAT}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  url.search = `after_id=${afterId}`;
  return url.href;
}
