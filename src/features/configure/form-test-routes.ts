/** Tests of what stands in the form, before it is saved: so many an address, so many at a time, and an answer in words. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import type { AddressRate } from '../../lib/address-rate.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { CONFIG_BYTES_MAX } from '../../lib/user-config/user-config.ts';
import { OWNER_KEY_HEADER, type SourceTest } from './contract.ts';

/** At a time in this process; others are refused. */
const TESTS_MAX = 16;

export class FormTests {
  readonly #rate: AddressRate;
  #underWay = 0;

  constructor(rate: AddressRate) {
    this.#rate = rate;
  }

  /**
   * @param subjectOf what was sent, its masked values as they are stored
   * @param test never rejects, except with the signal's reason
   */
  async answer<T>(
    request: Request,
    subjectOf: () => Promise<T>,
    test: (subject: T, signal: CancelSignal) => Promise<SourceTest>,
  ): Promise<Reply> {
    this.#rate.take(request.clientAddress);
    const subject = await subjectOf();
    if (this.#underWay >= TESTS_MAX)
      throw new AppError('server.overloaded', 'too many settings are being tested: try again');
    this.#underWay++;
    try {
      const { isWorking, message } = await test(subject, request.signal);
      return jsonReply(Buffer.from(JSON.stringify({ working: isWorking, message })), 'no-store');
    } finally {
      this.#underWay--;
    }
  }
}

/** A row of the route table for one such test. */
export function formTestRoute(
  row: Pick<Route, 'name' | 'pattern' | 'timeoutMs' | 'handler'>,
): Route {
  return {
    ...row,
    method: 'POST',
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    bodyBytesMax: CONFIG_BYTES_MAX,
    requestHeaders: [OWNER_KEY_HEADER],
  };
}
