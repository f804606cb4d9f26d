/** Compares what a client sends with a secret, in a time that tells nothing of either. */
import { createHash, timingSafeEqual } from 'node:crypto';

export class SecretMatch {
  /** Hashed, so that both sides have one length. */
  readonly #hash: Buffer;

  constructor(secret: string) {
    this.#hash = hashOf(secret);
  }

  matches(candidate: string): boolean {
    return timingSafeEqual(this.#hash, hashOf(candidate));
  }
}

/** What follows `Bearer` in an `Authorization` header; empty when it has another form. */
export function bearerToken(authorization: string): string {
  const [, token = ''] = /^Bearer +(\S+) *$/i.exec(authorization) ?? [];
  return token;
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
