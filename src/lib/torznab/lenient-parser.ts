/** XML as indexers really write it: what is malformed is passed over, for the rest of it is still of use. */
import { SaxesParser } from 'saxes';

/** Reads fragments, so that a piece of a document needs no root. Never throws, whatever it is given. */
export class LenientParser extends SaxesParser<{ fragment: true; xmlns: false }> {
  constructor() {
    super({ fragment: true, xmlns: false });
    this.ENTITIES = ENTITIES;
    this.on('ready', () => {
      this.ENTITIES = ENTITIES;
    });
  }

  /** saxes goes on after an error that was reported; making an Error of each would cost more than the parsing. */
  override fail(): this {
    return this;
  }

  /** One whole piece; handlers have heard of everything when it returns. */
  read(text: string): void {
    this.write(text).close();
  }
}

/** Those of XML, and those of HTML that occur in names of releases although XML has none of them. */
const ENTITIES: Record<string, string> = Object.assign(Object.create(null) as object, {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  iexcl: '¡',
  iquest: '¿',
  middot: '·',
  deg: '°',
  ...latinLetters(),
});

/** `eacute`, `Uuml`, `ntilde`, …: a letter and the mark on it. */
function latinLetters(): Record<string, string> {
  const marks = {
    grave: ['\u0300', 'AEIOUaeiou'],
    acute: ['\u0301', 'AEIOUYaeiouy'],
    circ: ['\u0302', 'AEIOUaeiou'],
    tilde: ['\u0303', 'ANOano'],
    uml: ['\u0308', 'AEIOUaeiouy'],
    cedil: ['\u0327', 'Cc'],
    ring: ['\u030a', 'Aa'],
  } as const;
  const letters: Record<string, string> = {
    szlig: 'ß',
    aelig: 'æ',
    AElig: 'Æ',
    oslash: 'ø',
    Oslash: 'Ø',
    eth: 'ð',
    ETH: 'Ð',
    thorn: 'þ',
    THORN: 'Þ',
  };
  for (const [mark, [combining, bases]] of Object.entries(marks)) {
    for (const base of bases) letters[base + mark] = (base + combining).normalize('NFC');
  }
  return letters;
}

/** `torznab:attr` → `attr`; names are compared in lower case. */
export function localName(name: string): string {
  const colon = name.indexOf(':');
  return (colon === -1 ? name : name.slice(colon + 1)).toLowerCase();
}
