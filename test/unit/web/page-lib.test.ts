/** Protects the pure parts of the configure page: what it reads from people, what it sends, and what it leaves alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { configToSend } from '../../../web/src/lib/config.ts';
import { EMPTY_STATE, editorReducer } from '../../../web/src/lib/editor-state.ts';
import { fieldId, valueAt, withValueAt } from '../../../web/src/lib/field-path.ts';
import {
  installLinks,
  linkBase,
  pageLocation,
  secretIn,
} from '../../../web/src/lib/install-link.ts';
import {
  languageFirst,
  languagePlace,
  offeredLanguages,
} from '../../../web/src/lib/language-order.ts';
import { languageChoice, languageList } from '../../../web/src/lib/languages.ts';
import { isMasked } from '../../../web/src/lib/mask.ts';
import { chosenInOrder, displayOrder, moved } from '../../../web/src/lib/reorder.ts';
import { parseSize, sizeText } from '../../../web/src/lib/size.ts';

const GB = 1024 ** 3;

test('sizes as people write them', () => {
  const cases = [
    ['2.5', 2.5 * GB],
    ['2,5 GB', 2.5 * GB],
    ['700 MB', 700 * 1024 ** 2],
    ['1tb', 1024 * GB],
    ['0', 0],
    ['', null],
    ['big', null],
    ['-1', null],
  ] as const;
  for (const [text, bytes] of cases) assert.equal(parseSize(text), bytes, text);
  for (const bytes of [0, 700 * 1024 ** 2, 21 * GB, 1.5 * GB])
    assert.equal(parseSize(sizeText(bytes)), bytes);
});

test('install links, and the secret of whatever is pasted', () => {
  const { manifest, app, web } = installLinks('https://sluice.example', 'S-abcdef');
  assert.equal(manifest, 'https://sluice.example/S-abcdef/manifest.json');
  assert.equal(app, 'stremio://sluice.example/S-abcdef/manifest.json');
  for (const text of [
    manifest,
    app,
    web,
    'S-abcdef',
    ' https://sluice.example/S-abcdef/configure ',
  ])
    assert.equal(secretIn(text), 'S-abcdef', text);
  assert.equal(secretIn('https://sluice.example/manifest.json'), null);
  assert.equal(
    installLinks('http://127.0.0.1:8000', null).manifest,
    'http://127.0.0.1:8000/manifest.json',
  );
  assert.deepEqual(
    pageLocation('/U-00000000-0000-4000-8000-000000000000/configure').secret,
    'U-00000000-0000-4000-8000-000000000000',
  );
  assert.deepEqual(pageLocation('/configure'), { basePath: '', secret: null });
});

test('what equals its default is not sent; what the page does not know is', () => {
  const config = { mxs: 25, sr: ['1080p'], later: { a: [1] }, snfp: ['', 'cam'] };
  assert.deepEqual(configToSend(config, { mxs: 25, sr: ['1080p', '720p'] }), {
    sr: ['1080p'],
    later: { a: [1] },
    snfp: ['cam'],
  });
});

test('paths of fields: read, changed, removed, and everything beside them untouched', () => {
  const config = {
    sps: [
      { sv: 'realdebrid', tk: 'a' },
      { sv: 'qbittorrent', qbc: { qur: 'x' } },
    ],
    other: 1,
  };
  assert.equal(valueAt(config, 'sps[1].qbc.qur'), 'x');
  assert.deepEqual(withValueAt(config, 'sps[0].tk', 'b')['sps'], [
    { sv: 'realdebrid', tk: 'b' },
    config.sps[1],
  ]);
  assert.deepEqual(withValueAt(config, 'st.t', 'T')['st'], { t: 'T' });
  assert.deepEqual(withValueAt({ st: { t: 'T' } }, 'st.t', undefined), {});
  assert.equal(config.sps[0]?.tk, 'a');
  assert.equal(fieldId('sps[1].qbc.qur'), 'f-sps-1-qbc-qur');
});

test('property: a language list comes back from the choice that the page shows of it', () => {
  const all = ['English', 'French', 'German', null];
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: 1 }), (list) => {
      assert.deepEqual(languageList(languageChoice(list, all), all), list);
    }),
  );
});

test('rows move, keep their place when they are switched off, and never lose a value that the page does not know', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 2, 0), ['c', 'a', 'b']);
  assert.deepEqual(moved(['a'], 0, 5), ['a']);
  assert.deepEqual(displayOrder(['a', 'b', 'c'], ['a', 'c'], ['a', 'b', 'c']), ['a', 'b', 'c']);
  assert.deepEqual(displayOrder([], ['c'], ['a', 'b', 'c']), ['c', 'a', 'b']);
  assert.deepEqual(
    chosenInOrder(['a', 'b'], (value) => value === 'b', ['a', 'later']),
    ['b', 'later'],
  );
});

test('a masked value is told from what a person types', () => {
  assert.equal(isMasked('••••••••A3utJMRp'), true);
  assert.equal(isMasked('a-token'), false);
});

test('links begin where the page was reached, when that is below a path that the server does not know of', () => {
  assert.equal(
    linkBase('https://media.example', 'https://media.example', ''),
    'https://media.example',
  );
  assert.equal(
    linkBase('https://media.example', 'https://media.example', '/sluice'),
    'https://media.example/sluice',
  );
  assert.equal(
    linkBase('https://media.example/sluice', 'https://inside.example', '/sluice'),
    'https://media.example/sluice',
  );
});

test('languages: those of the reader, then by name, unknown last', () => {
  const languages = ['Tamil', 'German', 'English', null, 'Arabic'].map((value) => ({
    value,
    label: value ?? 'Unknown',
  }));
  const order = (tags: readonly string[]) =>
    offeredLanguages(languages, tags).map(({ label }) => label);
  assert.deepEqual(order(['de-CH', 'en']), ['German', 'English', 'Arabic', 'Tamil', 'Unknown']);
  assert.deepEqual(order(['xx']), ['Arabic', 'English', 'German', 'Tamil', 'Unknown']);
  const [cached, size, language] = [{ k: 'cached' }, { k: 'size' }, { k: 'language', d: 'asc' }];
  assert.deepEqual(languageFirst([cached, size, language]), [cached, language, size]);
  assert.deepEqual(
    [languagePlace([{ k: 'cached' }, { k: 'language' }]), languagePlace([{ k: 'size' }])],
    [0, -1],
  );
});

test('undo: what a preset changed is as before, what was changed elsewhere since then stays', () => {
  const begun = editorReducer(EMPTY_STATE, { type: 'set', path: 'mxs', value: 7 });
  const replaced = editorReducer(begun, {
    type: 'replace',
    label: 'Phone',
    config: { ms: 4, sr: ['720p'] },
  });
  const edited = editorReducer(replaced, { type: 'set', path: 'nm', value: 'Home' });
  const undone = editorReducer(edited, { type: 'undo' });
  assert.deepEqual(undone.config, { nm: 'Home', mxs: 7 });
  assert.equal(undone.replaced, null);
});
