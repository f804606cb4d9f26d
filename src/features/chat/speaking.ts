/** What everybody passes who says something, over HTTP or a WebSocket. */
import { AddressRate } from '../../lib/address-rate.ts';
import type { ChatMessage } from './message.ts';
import type { Said } from './store.ts';
import type { MessageWriter } from './writer.ts';

const WINDOW_S = 10;
const PER_AUTHOR_MAX = 20;
/** Several people may share an address; keys that tell authors apart cost nothing. */
const PER_ADDRESS_MAX = 100;

export class Speaking {
  readonly #writer: MessageWriter;
  readonly #byAuthor = rateOf(PER_AUTHOR_MAX, 'of one author');
  readonly #byAddress = rateOf(PER_ADDRESS_MAX, 'from one address');

  constructor(writer: MessageWriter) {
    this.#writer = writer;
  }

  /** Resolves after the commit. @throws AppError `chat.too-fast`, and as `MessageWriter.add` */
  async say(said: Said & { readonly clientAddress: string }): Promise<ChatMessage> {
    this.#byAddress.check(said.clientAddress);
    this.#byAuthor.take(said.authorId);
    this.#byAddress.take(said.clientAddress);
    const { streamId, author, text, ref, authorId, addressId, isOwner } = said;
    return this.#writer.add({ streamId, author, text, ref, authorId, addressId, isOwner });
  }
}

function rateOf(max: number, whose: string): AddressRate {
  return new AddressRate({
    max,
    windowMs: WINDOW_S * 1000,
    code: 'chat.too-fast',
    message: `at most ${max} chat messages in ${WINDOW_S} seconds ${whose}`,
  });
}
