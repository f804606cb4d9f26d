/** The rooms that somebody of this process is in, kept up with what other processes store and forbid. */
import { randomUUID } from 'node:crypto';
import { CancelController } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Channel } from '../../platform/channel/channel.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { eventBytes, type ChatEvent } from './events.ts';
import { Presence } from './presence.ts';
import { batchOf, Room, type WireBatch } from './room.ts';
import type { ChatStore } from './store.ts';
import { parseWire, wireText, type WireMessage } from './wire.ts';

/** All sockets of this process that have joined a topic. */
interface Topics {
  publish(topic: string, message: Uint8Array): void;
}

export interface RoomsParts {
  readonly store: ChatStore;
  readonly channel: Channel;
  /** By stream. */
  readonly topics: Topics;
  readonly logger: Logger;
}

/** What a socket of a room does when its author may not be here any more. */
export interface Member {
  readonly owner: string;
  readonly subjects: readonly string[];
  banned(): void;
}

/** How often presence is told, and what a lost message of the channel may cost, in milliseconds. */
const TICK_MS = 5000;
const PUBLISH_TIMEOUT_MS = 5000;

export class Rooms implements AsyncDisposable {
  readonly presence = new Presence();
  readonly #parts: RoomsParts;
  readonly #process = randomUUID();
  readonly #rooms = new Map<string, Room>();
  readonly #members = new Set<Member>();
  readonly #lastViewers = new Map<string, number>();
  readonly #life = new CancelController();
  #tick: NodeJS.Timeout | null = null;

  constructor(parts: RoomsParts) {
    this.#parts = parts;
  }

  get count(): number {
    return this.#rooms.size;
  }

  /** To be paired with `leave`. */
  enter(streamId: string): Room {
    this.#start();
    const room = this.#rooms.get(streamId) ?? this.#open(streamId);
    room.members++;
    return room;
  }

  leave(streamId: string): void {
    const room = this.#rooms.get(streamId);
    if (room === undefined) return;
    room.members--;
    if (room.members > 0) return;
    this.#rooms.delete(streamId);
    this.#lastViewers.delete(streamId);
  }

  addMember(member: Member): void {
    this.#members.add(member);
  }

  deleteMember(member: Member): void {
    this.#members.delete(member);
  }

  /** Tells everybody, here at once. */
  readonly stored = (batches: ReadonlyMap<string, WireBatch>): void => {
    this.announce([...batches].map(([streamId, batch]) => ({ kind: 'batch', streamId, ...batch })));
  };

  /** Tells everybody, here at once; what does not reach other processes, they find out by themselves. */
  announce(messages: readonly WireMessage[]): void {
    if (messages.length === 0) return;
    for (const message of messages) this.#heard(message);
    this.#send(messages);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#tick !== null) clearInterval(this.#tick);
    this.#life.abort(new AppError('server.draining', 'the server is stopping'));
    await this.#parts.channel[Symbol.asyncDispose]();
  }

  /** With the first room: other processes have no use for a connection. */
  #start(): void {
    if (this.#tick !== null) return;
    this.#tick = setInterval(() => this.#look(), TICK_MS).unref();
    this.#parts.channel.listen({
      onMessage: (text) => {
        const message = parseWire(text);
        if (message !== null) this.#heard(message);
      },
      onConnected: () => this.#look(),
    });
  }

  #open(streamId: string): Room {
    const { store, topics, logger } = this.#parts;
    const room = new Room({
      load: (afterId, limit, signal) => store.since(streamId, { afterId, limit }, signal),
      publish: (message) => topics.publish(streamId, message),
      signal: this.#life.signal,
      onFailure: (error) => logger.warn({ err: error }, 'a chat could not be caught up with'),
    });
    this.#rooms.set(streamId, room);
    return room;
  }

  #send(messages: readonly WireMessage[]): void {
    const { channel, logger } = this.#parts;
    channel
      .publish(
        messages.map((message) => wireText(message, channel.bytesMax)),
        AbortSignal.timeout(PUBLISH_TIMEOUT_MS),
      )
      .catch((error: unknown) =>
        logger.debug({ err: error }, 'other processes hear of chat messages later'),
      );
  }

  #heard(message: WireMessage): void {
    switch (message.kind) {
      case 'batch':
        this.#rooms.get(message.streamId)?.deliver(batchOf(message));
        break;
      case 'deleted':
        this.#rooms.get(message.streamId)?.forget(message.id);
        this.#publish(message.streamId, { type: 'deleted', id: message.id });
        break;
      case 'settings':
        this.#changeSettings(message);
        break;
      case 'banned':
        for (const member of this.#members)
          if (member.owner === message.owner && member.subjects.includes(message.subject))
            member.banned();
        break;
      case 'presence':
        if (message.process !== this.#process)
          this.presence.heard(message.process, new Map(message.viewers));
        break;
    }
  }

  #changeSettings(settings: WireMessage & { readonly kind: 'settings' }): void {
    const { streamId, slowModeS, followersOnly } = settings;
    const room = this.#rooms.get(streamId);
    if (room === undefined) return;
    room.slowModeS = slowModeS;
    room.followersOnly = followersOnly;
    this.#publish(streamId, {
      type: 'settings',
      slow_mode_s: slowModeS,
      followers_only: followersOnly,
    });
  }

  #publish(streamId: string, event: ChatEvent): void {
    if (this.#rooms.has(streamId)) this.#parts.topics.publish(streamId, eventBytes(event));
  }

  /** Rooms that have missed something are caught up with, and everybody is told how many are here. */
  #look(): void {
    if (this.#rooms.size === 0) return;
    this.#parts.store.sequences([...this.#rooms.keys()], this.#life.signal).then(
      (sequences) => {
        for (const [streamId, sequence] of sequences) this.#rooms.get(streamId)?.heardOf(sequence);
      },
      (error: unknown) => this.#parts.logger.debug({ err: error }, 'chats were not looked at'),
    );
    this.#send([{ kind: 'presence', process: this.#process, viewers: this.presence.here() }]);
    for (const streamId of this.#rooms.keys()) {
      const viewers = this.presence.viewers(streamId);
      if (this.#lastViewers.get(streamId) === viewers) continue;
      this.#lastViewers.set(streamId, viewers);
      this.#publish(streamId, { type: 'presence', viewers });
    }
  }
}
