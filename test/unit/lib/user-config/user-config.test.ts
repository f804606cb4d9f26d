/** Protects what a configuration means: every spelling, every default, and a clear word about every mistake. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { EVERYWHERE } from '../../../../src/lib/capabilities.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../../../src/lib/json/json-value.ts';
import { USER_CONFIG_FIELDS } from '../../../../src/lib/user-config/fields.ts';
import { ProblemList } from '../../../../src/lib/user-config/problems.ts';
import { maskSecrets, unmaskSecrets } from '../../../../src/lib/user-config/secrets.ts';
import {
  acceptUserConfig,
  DEFAULT_RANKING,
  installedUserConfig,
  readUserConfig,
} from '../../../../src/lib/user-config/user-config.ts';
import { canarySecrets, TYPICAL_CONFIG } from '../../../support/config-fixtures.ts';

/** Fields that are complained about. */
function problemsOf(config: JsonValue): readonly string[] {
  try {
    acceptUserConfig(config);
    return [];
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'config.invalid', String(error));
    return (error.problems ?? []).map(({ field }) => field);
  }
}

test('short and long keys are one form, and defaults are left out', () => {
  const short = acceptUserConfig({ sr: ['1080p'], mxs: 10, sps: [{ sv: 'realdebrid', tk: 'a' }] });
  const long = acceptUserConfig({
    selected_resolutions: ['1080P'],
    max_streams: 10,
    streaming_providers: [{ service: 'realdebrid', token: 'a', enabled: true }],
  });
  assert.deepEqual(long, short);
  assert.deepEqual(
    acceptUserConfig({ mxs: 25, stg: 'separate', ec: true, ms: 'inf', sps: [] }),
    {},
  );
});

test('keys that nobody here knows are kept, at every level', () => {
  const config = {
    later: { deep: [1, { x: null }] },
    sps: [{ sv: 'torbox', newer: true }],
    cc: [{ ci: 'movie.latest', color: 'red' }],
  };
  assert.deepEqual(acceptUserConfig(config), config);
  assert.deepEqual(installedUserConfig(config), config);
});

test('the defaults are those of an empty configuration', () => {
  const { ranking, enableCatalogs, hiddenNudity, hiddenCertificates } = readUserConfig({});
  assert.deepEqual(ranking, DEFAULT_RANKING);
  assert.deepEqual(
    [enableCatalogs, hiddenNudity, hiddenCertificates],
    [true, ['Severe'], ['Adults+']],
  );
  assert.deepEqual(
    ranking.sort.map(({ key }) => key),
    ['resolution', 'quality', 'language', 'size', 'seeders', 'addedAt'],
  );
  assert.deepEqual(
    [ranking.streamsPerResolutionMax, ranking.streamsPerKindMax, ranking.grouping],
    [10, 25, 'separate'],
  );
});

test('names of quality groups, HDR and languages become the vocabulary; the order is the preference', () => {
  const config = acceptUserConfig({
    qf: ['WEB/HD', 'Unknown'],
    hf: ['hdr10', 'dovi'],
    ls: ['French', null],
    sr: ['1080p', '4k'],
  });
  const { ranking } = readUserConfig(config);
  assert.equal(ranking.qualityGroups[0]?.includes('WEB-DL'), true);
  assert.deepEqual(ranking.hdrFormats, ['HDR', 'DV']);
  assert.deepEqual(ranking.languages, ['French', 'unknown']);
  assert.deepEqual(ranking.resolutions, ['1080p', '1080i', '2160p']);
});

test('a minimum above its maximum is a problem of the minimum, for episodes also where films say the other one', () => {
  const GB = 1024 ** 3;
  const cases: readonly (readonly [JsonObject, readonly string[]])[] = [
    [{ mns: 2 * GB, ms: GB }, ['mns']],
    [{ mnes: 2 * GB, mes: GB }, ['mnes']],
    [{ mns: 2 * GB, mes: GB }, ['mnes']],
    [{ ms: GB, mnes: 2 * GB }, ['mnes']],
    [{ mns: 3 * GB, ms: 2 * GB, mnes: 2 * GB, mes: GB }, ['mns', 'mnes']],
    [{ mns: GB, ms: GB }, []],
    [{ mns: 2 * GB, ms: 'inf', mnes: 0, mes: GB }, []],
  ];
  for (const [config, fields] of cases)
    assert.deepEqual(problemsOf(config), fields, JSON.stringify(config));
  assert.throws(
    () => acceptUserConfig({ mns: 2 * GB, ms: 700 * 1024 ** 2 }),
    /mns: is above the largest \(700\.00 MB\)/,
  );
  // What is installed keeps its settings, however odd they are.
  assert.equal(
    readUserConfig(installedUserConfig({ mns: 2 * GB, ms: GB })).ranking.sizeBytesMin,
    2 * GB,
  );
});

test('an episode has the limits of a movie unless it has its own', () => {
  const sizes = (config: JsonObject) => {
    const { ranking } = readUserConfig(acceptUserConfig(config));
    return [ranking.sizeBytesMax, ranking.episodeSizeBytesMax, ranking.episodeSizeBytesMin];
  };
  assert.deepEqual(sizes({ ms: 100, mns: 5 }), [100, 100, 5]);
  assert.deepEqual(sizes({ ms: 100, mes: 40, mnes: 1 }), [100, 40, 1]);
});

test('the name of an install: labels of the enabled providers that can play, in their order, or what the user wrote', () => {
  const providers = [
    { sv: 'premiumize', tk: 'x', pr: 2 },
    { sv: 'realdebrid', tk: 'y', pr: 1 },
    { sv: 'p2p', pr: 3 },
    { sv: 'torbox', tk: 'z', en: false },
  ];
  const { providerLabels, unavailableServices } = readUserConfig(
    acceptUserConfig({ sps: providers }),
  );
  const services = [
    ['realdebrid', 'RD', 'Real-Debrid'],
    ['premiumize', 'PM', 'Premiumize'],
  ] as const;
  const playing = services.filter(([service]) => EVERYWHERE.has(service));
  assert.deepEqual(providerLabels, [...playing.map(([, label]) => label), 'P2P']);
  assert.deepEqual(
    unavailableServices,
    services.filter((service) => !playing.includes(service)).map(([, , name]) => name),
  );
  assert.equal(readUserConfig(acceptUserConfig({ sps: providers, nm: 'Home' })).nameSuffix, 'Home');
});

test('every mistake is named, all at once, and no value of a secret is repeated', () => {
  assert.deepEqual(
    problemsOf({
      mxs: 900,
      sr: ['9000p'],
      sps: [{ sv: 'nope', tk: 5 }, { tk: 'x' }],
      tsp: [{ k: 'luck' }],
    }),
    ['mxs', 'sr[0]', 'sps[0].sv', 'sps[0].tk', 'sps[1].sv', 'tsp[0].k', 'tsp[0].k'].filter(
      (field, index, all) => all.indexOf(field) === index,
    ),
  );
  for (const [config, field] of [
    [[], 'configuration'],
    ['text', 'configuration'],
    [null, 'configuration'],
    [{ ms: -1 }, 'ms'],
    [{ ms: 'big' }, 'ms'],
    [{ mxs: 2.5 }, 'mxs'],
    [{ mspr: Number.NaN }, 'mspr'],
    [{ ec: 'yes' }, 'ec'],
    [{ snfp: Array(11).fill('a') }, 'snfp'],
    [{ snfp: ['a'.repeat(121)] }, 'snfp[0]'],
    [{ st: { t: 'x'.repeat(10_001) } }, 'st.t'],
    [{ nm: 'x'.repeat(41) }, 'nm'],
    [{ nm: '\ud800' }, 'nm'],
    [{ sps: Array(6).fill({ sv: 'p2p' }) }, 'sps'],
    [{ mfc: { pu: 'javascript:alert(1)' } }, 'mfc.pu'],
    [{ stg: 'mixed', stream_type_grouping: 'separate' }, 'stg'],
    [JSON.parse('{"__proto__":{"a":1}}'), '__proto__'],
  ] as readonly (readonly [JsonValue, string])[]) {
    assert.deepEqual(problemsOf(config), [field], JSON.stringify(config).slice(0, 80));
  }
  const secret = 'very-secret-token';
  assert.throws(
    () => acceptUserConfig({ sps: [{ sv: 'realdebrid', tk: [secret] }] }),
    (error: AppError) => !JSON.stringify([error.message, error.problems]).includes(secret),
  );
});

test('no text of a user brings a line end into a manifest or a header; templates have lines of their own', () => {
  for (const character of ['\r\n', '\n', '\0', '\u001b', '\u0085', '\u2029']) {
    const text = `a${character}b`;
    for (const [config, field] of [
      [{ nm: text }, 'nm'],
      [{ snfp: [text] }, 'snfp[0]'],
      [{ cc: [{ ci: text }] }, 'cc[0].ci'],
      [{ sps: [{ sv: 'torbox', tk: text }] }, 'sps[0].tk'],
      [{ mfc: { pu: `http://host/${text}` } }, 'mfc.pu'],
      [{ ic: { tz: [{ u: 'http://host', h: { 'X-Key': text } }] } }, 'ic.tz[0].h.X-Key'],
      [{ ic: { tz: [{ u: 'http://host', h: { [text]: 'v' } }] } }, 'ic.tz[0].h'],
    ] as const) {
      assert.deepEqual(problemsOf(config), [field], JSON.stringify(config));
    }
    assert.equal(
      readUserConfig(installedUserConfig({ nm: text })).nameSuffix,
      'a b',
      'installed before: it goes on, on one line',
    );
  }
  assert.deepEqual(problemsOf({ st: { t: 'a\tb' } }), ['st.t']);
  assert.deepEqual(readUserConfig(acceptUserConfig({ st: { t: 'a\r\nb', d: 'c\nd' } })).template, {
    title: 'a\nb',
    description: 'c\nd',
  });
});

test('what is installed is read with patience: ranges and choices differ between versions', () => {
  assert.deepEqual(installedUserConfig({ mxs: 900, sr: ['9000p', '720p'] }), {
    mxs: 100,
    sr: ['720p'],
  });
  assert.throws(() => installedUserConfig({ mxs: 'many' }), { code: 'config.invalid' });
});

test('an empty list, and one of unknown names, means everything', () => {
  assert.deepEqual(readUserConfig(acceptUserConfig({ sr: [], ls: [] })).ranking, DEFAULT_RANKING);
});

const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...USER_CONFIG_FIELDS.byKey.keys()), fc.string()),
      tie('value'),
      { maxKeys: 6, noNullPrototype: true },
    ),
  ),
})).value;

test('property: any JSON is read or refused with named fields; what was read is read again as it is', () => {
  fc.assert(
    fc.property(json, (value) => {
      for (const read of [acceptUserConfig, installedUserConfig]) {
        let config: JsonObject;
        try {
          config = read(value);
        } catch (error) {
          assert.ok(error instanceof AppError && error.code === 'config.invalid', String(error));
          continue;
        }
        assert.deepEqual(read(config), config);
        readUserConfig(config);
      }
    }),
    { numRuns: 2000 },
  );
});

test('masked, no secret is left; sent back, every one is found again, also in another order', () => {
  const { config, secrets } = canarySecrets();
  const stored = acceptUserConfig(config);
  const fingerprint = (secret: string) =>
    createHash('sha1').update(secret).digest('base64url').slice(0, 8);
  const masked = maskSecrets(stored, USER_CONFIG_FIELDS, fingerprint);
  for (const secret of secrets)
    assert.equal(JSON.stringify(masked).includes(secret), false, secret);
  const { sps: providers } = masked;
  assert.ok(Array.isArray(providers));
  const problems = new ProblemList();
  const shuffled = { ...masked, sps: providers.toReversed() };
  const back = unmaskSecrets(
    acceptUserConfig(shuffled),
    stored,
    USER_CONFIG_FIELDS,
    fingerprint,
    problems,
  );
  problems.throwIfAny();
  assert.deepEqual(
    { ...back, sps: Array.isArray(back['sps']) ? back['sps'].toReversed() : null },
    stored,
  );
});

test('a mask that belongs to nothing stored is a problem of its field', () => {
  const problems = new ProblemList();
  unmaskSecrets(
    { sps: [{ sv: 'realdebrid', tk: '••••••••AAAAAAAA' }] },
    {},
    USER_CONFIG_FIELDS,
    () => 'BBBBBBBB',
    problems,
  );
  assert.throws(() => problems.throwIfAny(), { code: 'config.invalid', field: 'sps[0].tk' });
});

test('the typical configuration is accepted as it is', () => {
  assert.ok(isJsonObject(acceptUserConfig(TYPICAL_CONFIG)));
});

test('Usenet needs a service that plays it, can be switched off, and may come before torrents', () => {
  const torBox = { sv: 'torbox', tk: 'x', eun: true };
  const ranked = (config: JsonObject) => readUserConfig(acceptUserConfig(config)).ranking;
  const kinds = (config: JsonObject) => ranked(config).kinds.slice(0, 2);
  assert.deepEqual(kinds({ sps: [torBox] }), ['torrent', 'usenet']);
  assert.deepEqual(kinds({ sps: [torBox], puot: true }), ['usenet', 'torrent']);
  assert.deepEqual(kinds({ sps: [torBox], eus: false, puot: true }), ['torrent', 'http']);
  assert.deepEqual(kinds({ sps: [torBox], puot: true, sto: ['http', 'usenet'] }), [
    'http',
    'usenet',
  ]);
  const without = ranked({ sps: [{ ...torBox, eun: false }] });
  assert.ok(!without.kinds.includes('usenet') && without.unavailableKinds.includes('usenet'));
  const mixed = ranked({ sps: [torBox], puot: true, stg: 'mixed' });
  assert.deepEqual(mixed.sort.at(-1), { key: 'kind', descending: true });
  const alone = readUserConfig(acceptUserConfig({ sps: [{ sv: 'nzbdav' }] }));
  assert.equal(alone.torrentsNeedService, true);
  const direct = readUserConfig(acceptUserConfig({ sps: [{ sv: 'nzbdav' }, { sv: 'p2p' }] }));
  assert.equal(direct.torrentsNeedService, false);
});

test('a news server is told from a web address', () => {
  const of = (u: string) => problemsOf({ sps: [{ sv: 'stremio_nntp', u }] });
  assert.deepEqual(of('nntps://me:word@news.example:563/4'), []);
  assert.deepEqual(of('https://news.example'), ['sps[0].u']);
});
