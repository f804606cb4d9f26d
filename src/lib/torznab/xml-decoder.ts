/** Bytes of an XML document as text, in the encoding that the document says it has. */
import { TextDecoder } from 'node:util';

/** What the declaration of XML 1.0 needs, with all its three parts and some blanks. */
const DECLARATION_BYTES_MAX = 256;
const DECLARED = /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/;

export class XmlDecoder {
  readonly #charset: string;
  #decoder: TextDecoder | null = null;
  #head: Uint8Array = new Uint8Array(0);

  /** @param charset of the `Content-Type`; the document's own word, and a byte order mark, count more */
  constructor(charset = '') {
    this.#charset = charset;
  }

  /** What can be read so far: nothing until the declaration is complete. Bytes that are no characters become U+FFFD. */
  decode(bytes: Uint8Array): string {
    if (this.#decoder !== null) return this.#decoder.decode(bytes, { stream: true });
    this.#head = this.#head.byteLength === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const isDeclared = this.#head.byteLength >= DECLARATION_BYTES_MAX || this.#head.includes(0x3e);
    return isDeclared ? this.#start().decode(this.#takeHead(), { stream: true }) : '';
  }

  /** The rest. */
  end(): string {
    return (this.#decoder ?? this.#start()).decode(this.#takeHead());
  }

  #start(): TextDecoder {
    this.#decoder = decoderOf(encodingOf(this.#head, this.#charset));
    return this.#decoder;
  }

  #takeHead(): Uint8Array {
    const head = this.#head;
    this.#head = new Uint8Array(0);
    return head;
  }
}

function encodingOf(head: Uint8Array, charset: string): string {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb) return 'utf-8';
  const start = Buffer.from(head.subarray(0, DECLARATION_BYTES_MAX)).toString('latin1');
  const declared = (DECLARED.exec(start)?.[1] ?? charset).toLowerCase();
  // A declaration that can be read as ASCII is not in UTF-16, whatever it says.
  return declared.startsWith('utf-16') ? 'utf-8' : declared;
}

function decoderOf(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding === '' ? 'utf-8' : encoding);
  } catch {
    return new TextDecoder('utf-8');
  }
}
