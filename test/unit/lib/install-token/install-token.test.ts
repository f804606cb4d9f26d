/** Protects install addresses: short, sealed, readable for ever, and nothing but a clear refusal for all others. */
import assert from 'node:assert/strict';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { AppError } from '../../../../src/lib/errors.ts';
import { decodeCompact, encodeCompact } from '../../../../src/lib/install-token/compact.ts';
import { DICTIONARY } from '../../../../src/lib/install-token/dictionary.ts';
import {
  readInstallToken,
  TOKEN_CHARS_MAX,
  writeInstallToken,
} from '../../../../src/lib/install-token/install-token.ts';
import { KeyRing } from '../../../../src/lib/install-token/key-ring.ts';
import {
  mergeLegacySecrets,
  readLegacyToken,
} from '../../../../src/lib/install-token/legacy-token.ts';
import type { JsonObject, JsonValue } from '../../../../src/lib/json/json-value.ts';
import { acceptUserConfig } from '../../../../src/lib/user-config/user-config.ts';
import { TYPICAL_CONFIG } from '../../../support/config-fixtures.ts';
import { cpuClock } from '../../../support/cpu-time.ts';

const SECRET = 'a-secret-of-more-than-16-characters';
const RING = new KeyRing([SECRET]);
/** 20,000 in CI; a million with SLUICE_FUZZ_RUNS=1000000. */
const MUTATIONS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 20_000);

test('the typical configuration with three providers stays under 500 characters and comes back', () => {
  const config = acceptUserConfig(TYPICAL_CONFIG);
  const token = writeInstallToken(config, RING);
  assert.ok(token.length < 500, `${token.length} characters`);
  assert.match(token, /^S-[\w-]+$/);
  assert.deepEqual(readInstallToken(token, RING), config);
});

test('a new token each time, and nothing of the configuration shows', () => {
  const [one, two] = [
    writeInstallToken({ nm: 'Home' }, RING),
    writeInstallToken({ nm: 'Home' }, RING),
  ];
  assert.notEqual(one, two);
  assert.equal(Buffer.from(one.slice(2), 'base64url').includes('Home'), false);
});

test('rotation: addresses of the former key keep working, new ones are made with the new key', () => {
  const old = writeInstallToken({ nm: 'old' }, RING);
  const rotated = new KeyRing(['another-secret-of-enough-length', SECRET]);
  assert.deepEqual(readInstallToken(old, rotated), { nm: 'old' });
  const fresh = writeInstallToken({ nm: 'new' }, rotated);
  assert.deepEqual(readInstallToken(fresh, new KeyRing(['another-secret-of-enough-length'])), {
    nm: 'new',
  });
  assert.throws(() => readInstallToken(fresh, RING), { code: 'config.bad-token' });
});

test('too large for an address is refused, with what to do', () => {
  const noise = (length: number) => randomBytes(length).toString('base64');
  assert.throws(() => writeInstallToken({ st: { t: noise(2500), d: noise(2500) } }, RING), {
    code: 'config.too-large',
  });
  const repetitive = { st: { t: '{if stream.size}📦 {stream.size|bytes}{/if}\n'.repeat(200) } };
  assert.deepEqual(readInstallToken(writeInstallToken(repetitive, RING), RING), repetitive);
});

test('cut, flipped, of another key, of another version, or no token at all: a clear refusal', () => {
  const token = writeInstallToken(acceptUserConfig(TYPICAL_CONFIG), RING);
  const bytes = Buffer.from(token.slice(2), 'base64url');
  const version = Buffer.from(bytes);
  version[0] = 9;
  const broken = [
    'S-',
    'S-A',
    'S-AAAA',
    token.slice(0, -1),
    token.slice(0, 40),
    `S-${version.toString('base64url')}`,
    `${token}A`,
    `${token}=`,
    `S-${'A'.repeat(TOKEN_CHARS_MAX)}`,
    'S-%00%00',
    `S-${token.slice(2).toUpperCase()}`,
  ];
  for (const text of broken)
    assert.throws(
      () => readInstallToken(text, RING),
      { code: 'config.bad-token' },
      text.slice(0, 60),
    );
  assert.throws(
    () => readInstallToken(token, new KeyRing(['a-key-that-never-made-a-token'])),
    /another key/,
  );
});

test('what was lost in copying is called incomplete, never of another version', () => {
  const token = writeInstallToken(acceptUserConfig(TYPICAL_CONFIG), RING);
  const smallest = writeInstallToken({}, RING);
  assert.deepEqual(readInstallToken(smallest, RING), {});
  for (const whole of [token, smallest]) {
    for (let length = 3; length < whole.length; length++) {
      assert.throws(
        () => readInstallToken(whole.slice(0, length), RING),
        /incomplete/,
        `the first ${length} of ${whole.length}`,
      );
    }
  }
  const newer = Buffer.from(token.slice(2), 'base64url');
  newer[0] = 2;
  assert.throws(
    () => readInstallToken(`S-${newer.toString('base64url')}`, RING),
    /of another version/,
  );
  const legacy = legacyToken({ sr: ['1080p'] });
  for (const length of [3, 10, 30, legacy.length - 3]) {
    assert.throws(
      () => readLegacyToken(legacy.slice(0, length), RING),
      /incomplete/,
      `the first ${length} of another server's`,
    );
  }
});

test(`${MUTATIONS} mutations of tokens: refused each time, and in no time`, () => {
  const ours = Buffer.from(
    writeInstallToken(acceptUserConfig(TYPICAL_CONFIG), RING).slice(2),
    'base64url',
  );
  const legacy = Buffer.from(legacyToken({ sr: ['1080p'] }).slice(2), 'base64url');
  const usedMs = cpuClock();
  for (let run = 0; run < MUTATIONS; run++) {
    const isOurs = run % 2 === 0;
    const bytes = Buffer.from(isOurs ? ours : legacy);
    const at = (run * 7919) % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (run % 8));
    if (run % 5 === 0) bytes[(run * 104_729) % bytes.length] = run & 0xff;
    const text = (run % 7 === 0 ? bytes.subarray(0, run % bytes.length) : bytes).toString(
      'base64url',
    );
    try {
      if (isOurs) readInstallToken(`S-${text}`, RING);
      else readLegacyToken(`D-${text}`, RING);
      // AES-CBC of other servers authenticates nothing: a lucky mutation of it may read as JSON.
      assert.equal(isOurs && !bytes.equals(ours), false);
    } catch (error) {
      assert.ok(error instanceof AppError && error.code === 'config.bad-token', String(error));
    }
  }
  assert.ok(usedMs() / MUTATIONS < 2, 'less than 2 ms each');
});

/** As other servers make them. */
function legacyToken(
  config: JsonObject,
  secret = SECRET,
  plain = deflateSync(JSON.stringify(config)),
): string {
  const key = Buffer.alloc(32, ' ');
  Buffer.from(secret).copy(key);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return `D-${Buffer.concat([iv, cipher.update(plain), cipher.final()]).toString('base64url')}`;
}

test('D- addresses of other servers are read, with and without padding', () => {
  const config = { selected_resolutions: ['1080p'], unknown: 1 };
  const token = legacyToken(config);
  const padded = `${token}${'='.repeat((4 - ((token.length - 2) % 4)) % 4)}`;
  for (const text of [token, padded]) assert.deepEqual(readLegacyToken(text, RING), config);
  assert.deepEqual(
    readLegacyToken(legacyToken(config, 'x'.repeat(20)), new KeyRing([SECRET, 'x'.repeat(20)])),
    config,
  );
});

test('a deflate bomb inside of a D- address is refused before it is unpacked', () => {
  const bomb = legacyToken({}, SECRET, deflateSync(Buffer.alloc(2_000_000, 0x20)));
  assert.ok(bomb.length < TOKEN_CHARS_MAX);
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => readLegacyToken(bomb, RING), { code: 'config.bad-token' });
  assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000);
});

test('secrets of stored profiles of other servers come back to their places', () => {
  const key = Buffer.alloc(32, ' ');
  Buffer.from(SECRET).copy(key);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const secrets = { sps: [{ _index: 1, tk: 'second' }], mfc: { ap: 'pass' } };
  const sealed = Buffer.concat([
    iv,
    cipher.update(JSON.stringify(secrets)),
    cipher.final(),
  ]).toString('base64url');
  const merged = mergeLegacySecrets(
    { sps: [{ sv: 'torbox' }, { sv: 'realdebrid' }], mfc: { pu: 'https://a.example' } },
    sealed,
    RING,
  );
  assert.deepEqual(merged, {
    sps: [{ sv: 'torbox' }, { sv: 'realdebrid', tk: 'second' }],
    mfc: { pu: 'https://a.example', ap: 'pass' },
  });
});

test('entries of the dictionary are never moved: installed addresses hold their numbers', () => {
  const first = createHash('sha1')
    .update(JSON.stringify(DICTIONARY.slice(0, 285)))
    .digest('hex')
    .slice(0, 16);
  assert.equal(first, '29861831b6b50a52');
  assert.equal(new Set(DICTIONARY).size, DICTIONARY.length);
});

test('property: any JSON comes back from the compact form', () => {
  const values = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<JsonValue>;
  const texts = fc.oneof(
    fc.constantFrom(...DICTIONARY),
    fc.stringMatching(/^[\da-f]{8,40}$/),
    fc.stringMatching(/^[\w-]{8,30}$/),
  );
  fc.assert(
    fc.property(
      fc.oneof(values, texts, fc.maxSafeInteger(), fc.dictionary(texts, values)),
      (value) => {
        // Refused when it is read: an own key of this name would change what the object is.
        fc.pre(!JSON.stringify(value).includes('"__proto__"'));
        assert.deepEqual(decodeCompact(encodeCompact(value)), structuredClone(value));
      },
    ),
    { numRuns: 2000 },
  );
});

test('property: no bytes make the compact form crash or run away', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeCompact(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof RangeError || error instanceof AppError, String(error));
      }
    }),
    { numRuns: 5000 },
  );
});
