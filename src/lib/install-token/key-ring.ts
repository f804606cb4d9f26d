/**
 * Keys of install tokens and of stored profiles: the first seals, all of them open. AES-256-GCM; keys are
 * derived from the operator's secrets (HKDF-SHA256, RFC 5869), so that the same secret serves other uses, too.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { Buffer } from 'node:buffer';

/** One secret with what is derived from it. */
export interface RingKey {
  /** Two bytes, in every sealed text: which key to try first. Keys may share an id. */
  readonly id: number;
  readonly sealing: KeyObject;
  /** As older servers used their secret: cut or padded with spaces to 32 bytes, without derivation. */
  readonly legacy: KeyObject;
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const ID_BYTES = 2;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** What a sealed text has beside its content. */
export const SEAL_BYTES = ID_BYTES + IV_BYTES + TAG_BYTES;

export class KeyRing {
  readonly keys: readonly RingKey[];
  readonly #current: RingKey;
  readonly #maskKey: Buffer;
  readonly #digestKey: Buffer;

  /** @param secrets the one that seals, then older ones that still open */
  constructor(secrets: readonly [string, ...string[]]) {
    const [current, ...older] = secrets;
    this.#current = ringKey(current);
    this.keys = [this.#current, ...older.map(ringKey)];
    this.#maskKey = derive(current, 'sluice mask');
    this.#digestKey = derive(current, 'sluice digest');
  }

  /** Key id, IV, ciphertext, tag. `context` is authenticated, not stored: opening needs the same. */
  seal(content: Uint8Array, context: string): Buffer {
    const id = Buffer.alloc(ID_BYTES);
    id.writeUInt16BE(this.#current.id);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#current.sealing, iv, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(Buffer.from(context));
    return Buffer.concat([id, iv, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  }

  /** The content, or null when no key opens it: it was cut or changed, or its key is not in the ring. */
  open(sealed: Buffer, context: string): Buffer | null {
    if (sealed.length < SEAL_BYTES) return null;
    const id = sealed.readUInt16BE(0);
    for (const key of this.keys) {
      const content = key.id === id ? openWith(key.sealing, sealed, context) : null;
      if (content !== null) return content;
    }
    return null;
  }

  /** Whether some key of the ring has the id that this was sealed with. */
  knows(sealed: Buffer): boolean {
    return sealed.length >= SEAL_BYTES && this.keys.some(({ id }) => id === sealed.readUInt16BE(0));
  }

  /** Keyed fingerprint of a secret, 8 URL-safe characters (`user-config/secrets.ts`). */
  readonly fingerprint = (secret: string): string =>
    createHmac('sha256', this.#maskKey).update(secret).digest('base64url').slice(0, 8);

  /** Keyed digest of credentials, for keys of caches: 22 URL-safe characters (128 bits) that reveal nothing of them. */
  readonly digest = (text: string): string =>
    createHmac('sha256', this.#digestKey).update(text).digest('base64url').slice(0, 22);
}

function openWith(key: KeyObject, sealed: Buffer, context: string): Buffer | null {
  const tagAt = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(
    ALGORITHM,
    key,
    sealed.subarray(ID_BYTES, ID_BYTES + IV_BYTES),
    {
      authTagLength: TAG_BYTES,
    },
  );
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(tagAt));
  try {
    const content = decipher.update(sealed.subarray(ID_BYTES + IV_BYTES, tagAt));
    decipher.final();
    return content;
  } catch {
    return null;
  }
}

function ringKey(secret: string): RingKey {
  return {
    id: derive(secret, 'sluice key id').readUInt16BE(0),
    sealing: createSecretKey(derive(secret, 'sluice sealing')),
    legacy: createSecretKey(legacyKey(secret)),
  };
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES));
}

/** Other servers fill the secret up with blanks to the length of the key. */
function legacyKey(secret: string): Buffer {
  const key = Buffer.alloc(KEY_BYTES, ' ');
  Buffer.from(secret).copy(key);
  return key;
}
