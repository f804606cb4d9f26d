/** What sockets are told, as bytes: a message is encoded once, for all readers in all processes. */
import { Buffer } from 'node:buffer';
import type { ChatMessage } from './message.ts';

/** What docs/live.md says of each type. */
export interface ChatEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function eventBytes(event: ChatEvent): Buffer {
  return Buffer.from(JSON.stringify(event));
}

/** A message as text, for other processes to pass on as it is. */
export function messageEvent(message: ChatMessage): string {
  return JSON.stringify({ type: 'message', ...message });
}

/** A message as it goes out to everybody. */
export interface Told {
  readonly id: number;
  readonly bytes: Uint8Array;
}

export function toldOf(message: ChatMessage): Told {
  return { id: message.id, bytes: Buffer.from(messageEvent(message)) };
}

/** Between these ids there is more than is sent: it is in the history. */
export function gapEvent(afterId: number, beforeId: number): Buffer {
  return eventBytes({ type: 'gap', after_id: afterId, before_id: beforeId });
}
