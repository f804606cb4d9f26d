/** Answers to PROPFIND (RFC 4918), whatever prefixes a server uses. */
import { SaxesParser } from 'saxes';

export interface DavResource {
  /** As it was sent: an address, a path, or a name; percent-encoded in one of many ways. */
  readonly href: string;
  readonly isFolder: boolean;
  /** Null where the server does not say. */
  readonly sizeBytes: number | null;
}

const DAV = 'DAV:';
/** More than a folder of films has; the rest is left out. */
const RESOURCES_MAX = 20_000;
const LENGTH = /^\s*(\d{1,15})\s*$/;

/** Null for anything but a whole multistatus document. */
export function readMultistatus(xml: string): readonly DavResource[] | null {
  const reader = new MultistatusReader();
  try {
    reader.read(xml);
  } catch {
    return null;
  }
  return reader.isMultistatus ? reader.resources : null;
}

class MultistatusReader {
  readonly resources: DavResource[] = [];
  isMultistatus = false;
  readonly #parser = new SaxesParser({ xmlns: true });
  /** Open elements of the protocol; empty texts stand for others. */
  readonly #open: string[] = [];
  #text = '';
  #href = '';
  #isFolder = false;
  #sizeBytes: number | null = null;

  constructor() {
    this.#parser.on('opentag', ({ uri, local }) => this.#opened(uri === DAV ? local : ''));
    this.#parser.on('text', (text) => {
      this.#text += text;
    });
    this.#parser.on('closetag', () => this.#closed());
  }

  /** @throws Error for what is not well-formed */
  read(xml: string): void {
    this.#parser.write(xml).close();
  }

  #opened(name: string): void {
    this.#text = '';
    this.#open.push(name);
    if (this.#open.length === 1) this.isMultistatus = name === 'multistatus';
    else if (this.#isAt('multistatus/response')) {
      this.#href = '';
      this.#isFolder = false;
      this.#sizeBytes = null;
    } else if (this.#isAt('multistatus/response/propstat/prop/resourcetype/collection'))
      this.#isFolder = true;
  }

  #closed(): void {
    if (this.#isAt('multistatus/response/href')) this.#href = this.#text.trim();
    else if (this.#isAt('multistatus/response/propstat/prop/getcontentlength'))
      this.#sizeBytes = lengthOf(this.#text) ?? this.#sizeBytes;
    else if (this.#isAt('multistatus/response')) this.#keep();
    this.#open.pop();
    this.#text = '';
  }

  #isAt(path: string): boolean {
    return this.#open.join('/') === path;
  }

  #keep(): void {
    if (this.#href === '' || this.resources.length >= RESOURCES_MAX) return;
    this.resources.push({
      href: this.#href,
      isFolder: this.#isFolder,
      sizeBytes: this.#isFolder ? null : this.#sizeBytes,
    });
  }
}

function lengthOf(text: string): number | null {
  const digits = LENGTH.exec(text)?.[1];
  return digits === undefined ? null : Number(digits);
}
