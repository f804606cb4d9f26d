/** What processes tell each other about chats. */
import { Buffer } from 'node:buffer';
import type { WireBatch } from './room.ts';

export type WireMessage =
  | ({ readonly kind: 'batch'; readonly streamId: string } & WireBatch)
  | { readonly kind: 'deleted'; readonly streamId: string; readonly id: number }
  | {
      readonly kind: 'settings';
      readonly streamId: string;
      readonly slowModeS: number;
      readonly followersOnly: boolean;
    }
  | { readonly kind: 'banned'; readonly owner: string; readonly subject: string }
  | {
      readonly kind: 'presence';
      readonly process: string;
      readonly viewers: readonly (readonly [streamId: string, viewers: number])[];
    };

const KINDS: ReadonlySet<unknown> = new Set([
  'batch',
  'deleted',
  'settings',
  'banned',
  'presence',
] satisfies WireMessage['kind'][]);

/** Bytes of one stream in `presence`, with room to spare. */
const VIEWERS_BYTES = 60;

/** Of what is too long for the channel: that there is a batch, and the streams that most people watch. */
export function wireText(message: WireMessage, bytesMax: number): string {
  const text = JSON.stringify(message);
  if (Buffer.byteLength(text) <= bytesMax) return text;
  if (message.kind === 'batch') return JSON.stringify({ ...message, messages: null });
  if (message.kind !== 'presence') return text;
  const most = message.viewers.toSorted(([, a], [, b]) => b - a);
  const viewers = most.slice(0, Math.floor(bytesMax / VIEWERS_BYTES) - 2);
  return JSON.stringify({ ...message, viewers });
}

/** Null for what is none; processes of one instance are believed beyond that. */
export function parseWire(text: string): WireMessage | null {
  try {
    const message: unknown = JSON.parse(text);
    const isOne =
      typeof message === 'object' &&
      message !== null &&
      'kind' in message &&
      KINDS.has(message.kind);
    return isOne ? (message as WireMessage) : null;
  } catch {
    return null;
  }
}
