/** Parsers of single environment values. Each says what it expects, for error messages and docs. */
import ipaddr from 'ipaddr.js';
import { hasControlCharacter } from '../../lib/control-characters.ts';
import { PostgresUriError } from '../../lib/postgres-uri/postgres-uri-error.ts';
import { parsePostgresUri, type SessionAttributes } from '../../lib/postgres-uri/postgres-uri.ts';
import { parseRedisUrl, REDIS_URL_EXPECTED } from '../../lib/redis-url.ts';

/** A parser throws `RangeError` for a value that it does not accept; one with `expected` says more than the parser's own. */
export interface Parser<T> {
  /** "an integer from 0 to 65535": completes "expected …". */
  readonly expected: string;
  parse(raw: string): T;
}

/** Says all about what is wrong with a value, in place of "expected …"; without anything secret of it. */
export class ValueProblem extends RangeError {
  override readonly name = 'ValueProblem';
}

function reject(): never {
  throw new RangeError('not accepted');
}

function parseUrl(raw: string): URL {
  // The URL parser would drop tabs and line ends without a word.
  return !hasControlCharacter(raw) && URL.canParse(raw) ? new URL(raw) : reject();
}

export function integer(min: number, max: number): Parser<number> {
  return {
    expected: `an integer from ${min} to ${max}`,
    parse(raw) {
      if (!/^-?\d{1,15}$/.test(raw)) reject();
      const value = Number(raw);
      return value >= min && value <= max ? value : reject();
    },
  };
}

/** Zero, which turns something off, or a value that the other parser accepts. */
export function zeroOr(parser: Parser<number>): Parser<number> {
  return {
    expected: `0, or ${parser.expected}`,
    parse: (raw) => (raw === '0' ? 0 : parser.parse(raw)),
  };
}

/** Accepts the spellings that operators of other servers use; anything else is refused, never guessed. */
export const boolean: Parser<boolean> = {
  expected: 'true or false (also 1/0, yes/no, on/off)',
  parse(raw) {
    const value = raw.toLowerCase();
    if (['true', '1', 'yes', 'on'].includes(value)) return true;
    return ['false', '0', 'no', 'off'].includes(value) ? false : reject();
  },
};

/** The URL as it is; what is wrong with it is a StartError of its own. */
export const redisUrl: Parser<string> = {
  expected: REDIS_URL_EXPECTED,
  parse(raw) {
    if (hasControlCharacter(raw)) reject();
    parseRedisUrl(raw);
    return raw;
  },
};

export function text(charsMax: number): Parser<string> {
  return {
    expected: `a text of at most ${charsMax} characters without control characters`,
    parse(raw) {
      return raw.length <= charsMax && !hasControlCharacter(raw) ? raw : reject();
    },
  };
}

/** What a header can carry: RFC 6750 tokens, and the punctuation that people put into passwords. */
export const token: Parser<string> = {
  expected: '1 to 512 visible ASCII characters without spaces',
  parse: (raw) => (/^[!-~]{1,512}$/.test(raw) ? raw : reject()),
};

/** `synonyms` maps other spellings (lower case) to values: Python's log levels. */
export function oneOf<const V extends string>(
  values: readonly V[],
  synonyms: Readonly<Record<string, V>> = {},
): Parser<V> {
  return {
    expected: `one of ${values.join(', ')}`,
    parse(raw) {
      const lower = raw.toLowerCase();
      return values.find((value) => value === lower) ?? synonyms[lower] ?? reject();
    },
  };
}

/** A URL with one of the schemes; SQLAlchemy driver suffixes (`postgresql+asyncpg:`) are dropped. */
export function url(schemes: readonly string[], example: string): Parser<string> {
  return {
    expected: `a URL like ${example}`,
    parse(raw) {
      const plain = raw.replace(/^([a-z]+)\+[a-z0-9]+:/i, '$1:');
      const parsed = parseUrl(plain);
      return schemes.includes(parsed.protocol.slice(0, -1)) && parsed.hostname !== ''
        ? plain
        : reject();
    },
  };
}

/**
 * What `parsePostgresUri` reads, whose error says what is wrong with it; for a database that is written to (`writable`) also
 * that a writable host is asked for. SQLAlchemy driver suffixes are dropped.
 */
export function postgresUri(
  example: string,
  { writable }: { readonly writable: boolean },
): Parser<string> {
  return {
    expected: `a URI like ${example}`,
    parse(raw) {
      const { sessionAttributes } = parsePostgresUri(raw);
      if (writable && !WRITABLE.has(sessionAttributes)) {
        throw new PostgresUriError(
          'target_session_attrs=read-write or primary: it is written to (POSTGRES_READ_URI is not)',
        );
      }
      return raw.replace(/^([a-z]+)\+[a-z0-9_]+:/i, '$1:');
    },
  };
}

const WRITABLE: ReadonlySet<string> = new Set<SessionAttributes>(['any', 'read-write', 'primary']);

/** Parts of a path that are nothing else in an address of ours: `S-…`, `U-…` and `D-…` are configurations. */
const PLAIN_PATH = /^(?:\/(?![SUD]-)[\w.~-]{1,64}){0,8}$/;

/** An http(s) address, perhaps with a path; the result has no trailing slash. */
export const publicUrl: Parser<string> = {
  expected: 'an address like https://sluice.example.org or https://example.org/sluice',
  parse(raw) {
    const parsed = parseUrl(raw);
    const path = parsed.pathname.replace(/\/$/, '');
    const isPlain =
      parsed.search === '' &&
      parsed.hash === '' &&
      parsed.username === '' &&
      parsed.password === '';
    return isPlain && /^https?:$/.test(parsed.protocol) && PLAIN_PATH.test(path)
      ? parsed.origin + path
      : reject();
  },
};

/** An http(s) address of a bucket, perhaps with a folder of it; the result has no trailing slash. */
export const bucketUrl: Parser<string> = {
  expected: 'an address like https://s3.example.org/bucket, perhaps with a folder of the bucket',
  parse(raw) {
    const address = publicUrl.parse(raw);
    return new URL(address).pathname === '/' ? reject() : address;
  },
};

/** Comma-separated addresses and CIDR ranges; `*` stands for every address. */
export const cidrList: Parser<readonly string[]> = {
  expected: 'addresses or CIDR ranges, comma-separated, like 127.0.0.1,10.0.0.0/8 (or * for all)',
  parse(raw) {
    const ranges = raw
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return ranges.flatMap((range) => {
      if (range === '*') return ['0.0.0.0/0', '::/0'];
      const valid = range.includes('/') ? ipaddr.isValidCIDR(range) : ipaddr.isValid(range);
      return valid ? [range] : reject();
    });
  },
};

/** As browsers send them: scheme, host, and a port where it is not the scheme's own. */
export const originList: Parser<readonly string[]> = {
  expected:
    'origins, comma-separated, like https://example.org,http://localhost:3000 (or * for all)',
  parse(raw) {
    const origins = raw
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const isOrigin = (text: string) =>
      text === '*' || (URL.canParse(text) && new URL(text).origin === text);
    return origins.every(isOrigin) ? origins : reject();
  },
};

/** Comma-separated host names, addresses or CIDR ranges. */
export const hostList: Parser<readonly string[]> = {
  expected: 'host names, addresses or CIDR ranges, comma-separated',
  parse(raw) {
    const hosts = raw
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    return hosts.every((host) => /^[\w.:*/[\]-]{1,255}$/.test(host)) ? hosts : reject();
  },
};

const SECRET_CHARS_MIN = 16;
const SECRET_CHARS_MAX = 512;

export const secretKey: Parser<string> = {
  expected: `a text of ${SECRET_CHARS_MIN} to ${SECRET_CHARS_MAX} characters without commas and blanks`,
  parse: (raw) =>
    /^[^\s,]+$/.test(raw) && raw.length >= SECRET_CHARS_MIN && raw.length <= SECRET_CHARS_MAX
      ? raw
      : reject(),
};

export const secretKeyList: Parser<readonly string[]> = {
  expected: `comma-separated texts of ${SECRET_CHARS_MIN} to ${SECRET_CHARS_MAX} characters`,
  parse: (raw) =>
    raw
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => secretKey.parse(part)),
};
