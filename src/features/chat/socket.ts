/** One viewer's WebSocket: what was missed first, then everything as it comes; what the viewer says is stored and told. */
import { AppError } from '../../lib/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../lib/json/json-value.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { eventBytes, gapEvent, toldOf, type ChatEvent } from './events.ts';
import { parseMessage } from './message.ts';
import type { Room } from './room.ts';
import type { Member, Rooms } from './rooms.ts';
import type { Sender } from './sender.ts';
import type { ChatStore } from './store.ts';
import type { Speaking } from './speaking.ts';

/** What is asked of the connection. */
interface Connection {
  send(messages: readonly Uint8Array[]): void;
  /** Resolves when the reader has taken what was sent. */
  sent(): Promise<void>;
  join(topic: string): void;
  end(code: number, reason: string): void;
}

/** Close codes of ours, beside those of `http` (docs/live.md). */
const BANNED_CODE = 4003;

export interface Viewer extends Sender {
  readonly streamId: string;
  /** Public name of the stream's owner. */
  readonly owner: string;
  readonly isOwner: boolean;
  readonly clientAddress: string;
  /** The last message that the viewer has; null: what comes from now on will do. */
  readonly afterId: number | null;
}

export interface ChatSocketParts {
  readonly rooms: Rooms;
  readonly store: ChatStore;
  readonly speaking: Speaking;
  readonly logger: Logger;
}

/** Of what a viewer has missed, the newest; the rest is in the history. */
const RESUME_MAX = 1000;
const CHUNK = 100;
/** Deletions that a viewer may have missed. */
const DELETED_WITHIN_S = 3600;
const DELETED_MAX = 200;
const RESUME_TIMEOUT_MS = 30_000;

export class ChatSocket implements Member {
  readonly group: string;
  readonly owner: string;
  readonly subjects: readonly string[];
  readonly #viewer: Viewer;
  readonly #parts: ChatSocketParts;
  #socket: Connection | null = null;
  #room: Room | null = null;

  constructor(viewer: Viewer, parts: ChatSocketParts) {
    this.group = viewer.streamId;
    this.owner = viewer.owner;
    this.subjects = viewer.isOwner ? [] : [viewer.authorId, viewer.addressId];
    this.#viewer = viewer;
    this.#parts = parts;
  }

  opened(socket: Connection): void {
    const { rooms } = this.#parts;
    const { streamId, authorId } = this.#viewer;
    this.#socket = socket;
    const room = rooms.enter(streamId);
    this.#room = room;
    rooms.presence.enter(streamId, authorId);
    rooms.addMember(this);
    this.#join(socket, room).catch((error: unknown) => {
      this.#parts.logger.warn({ err: error }, 'a viewer could not join a chat');
      socket.end(1013, 'the chat cannot be read at the moment: connect again later');
    });
  }

  closed(): void {
    const { rooms } = this.#parts;
    const { streamId, authorId } = this.#viewer;
    this.#socket = null;
    if (this.#room === null) return;
    rooms.deleteMember(this);
    rooms.presence.leave(streamId, authorId);
    rooms.leave(streamId);
  }

  banned(): void {
    this.#socket?.end(BANNED_CODE, 'the owner of the stream has banned you');
  }

  received(text: string): void {
    const said = parse(text);
    if (said === null) this.#socket?.end(1007, 'a message is a JSON object with a type');
    else if (said['type'] === 'say') void this.#say(said);
    else this.#fail(said, new AppError('request.bad-body', 'expected type to be say', TYPE_FIELD));
  }

  async #say(said: JsonObject): Promise<void> {
    try {
      const message = parseMessage(said);
      const { id } = await this.#parts.speaking.say({ ...message, ...this.#viewer });
      this.#send({ type: 'said', ref: refOf(said), id });
    } catch (error) {
      this.#fail(said, error);
    }
  }

  #fail(said: JsonObject, error: unknown): void {
    const known =
      error instanceof AppError
        ? error
        : new AppError('server.failure', 'something went wrong on our side');
    if (known !== error) this.#parts.logger.error({ err: error }, 'a chat message failed');
    const { code, message, field, retryAfterS } = known;
    this.#send({ type: 'error', ref: refOf(said), code, message, field, retry_after: retryAfterS });
  }

  #send(event: ChatEvent): void {
    this.#socket?.send([eventBytes(event)]);
  }

  /** Between the last look at what was missed and the joining nothing else runs: no gap, and nothing twice. */
  async #join(socket: Connection, room: Room): Promise<void> {
    await room.loaded();
    const { afterId } = this.#viewer;
    this.#sendHello(room);
    let from = afterId ?? room.lastId;
    if (afterId !== null) socket.send(await this.#deleted());
    while (from < room.floorId) from = await this.#sendMissed(socket, room, from);
    const recent = room.after(from).map(({ bytes }) => bytes);
    socket.send(recent);
    socket.join(this.#viewer.streamId);
  }

  /** What the room does not hold any more. @returns the id up to which all was sent */
  async #sendMissed(socket: Connection, room: Room, from: number): Promise<number> {
    const upTo = room.lastId;
    const { streamId } = this.#viewer;
    const { messages } = await this.#parts.store.since(
      streamId,
      { afterId: from, limit: RESUME_MAX },
      AbortSignal.timeout(RESUME_TIMEOUT_MS),
    );
    const [first] = messages;
    if (messages.length === RESUME_MAX && first !== undefined)
      socket.send([gapEvent(from, first.id)]);
    for (let at = 0; at < messages.length; at += CHUNK) {
      socket.send(messages.slice(at, at + CHUNK).map((message) => toldOf(message).bytes));
      await socket.sent();
    }
    return Math.max(upTo, messages.at(-1)?.id ?? 0);
  }

  #sendHello(room: Room): void {
    const { authorId, isOwner, streamId } = this.#viewer;
    this.#send({
      type: 'hello',
      author_id: authorId,
      owner: isOwner,
      last_id: room.lastId,
      slow_mode_s: room.slowModeS,
      followers_only: room.followersOnly,
      viewers: this.#parts.rooms.presence.viewers(streamId),
    });
  }

  async #deleted(): Promise<readonly Uint8Array[]> {
    const ids = await this.#parts.store.deleted(
      this.#viewer.streamId,
      { withinS: DELETED_WITHIN_S, limit: DELETED_MAX },
      AbortSignal.timeout(RESUME_TIMEOUT_MS),
    );
    return ids.map((id) => eventBytes({ type: 'deleted', id }));
  }
}

const TYPE_FIELD = { field: 'type' };

function parse(text: string): JsonObject | null {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** As the sender knows it. */
function refOf({ ref }: JsonObject): string | null {
  return typeof ref === 'string' ? ref.slice(0, 40) : null;
}
