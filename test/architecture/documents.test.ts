/** Names that documents use exist: files, npm scripts, error codes, variables, links and their headings. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { ERRORS } from '../../src/lib/errors.ts';
import { brokenLinks, mistakesIn, type KnownNames } from '../support/document-checks.ts';
import { blocksOf, documents } from '../support/documents.ts';
import { trackedFiles } from '../support/tracked-files.ts';

/** Of PostgreSQL's pg_trgm; the volume `data` of the project `sluice`, as Docker calls it. */
const NAMES_OF_OTHERS = ['show_trgm', 'sluice_data'];

const all = await documents();
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  await readFile('package.json', 'utf8'),
);
const sources = await Promise.all(
  (await trackedFiles(/\.(ts|tsx|mjs|json|ya?ml|sql)$|Dockerfile|\.ci\//)).map((path) =>
    readFile(path, 'utf8'),
  ),
);
const known: KnownNames = {
  scripts: new Set(Object.keys(scripts)),
  errorCodes: new Set(Object.keys(ERRORS)),
  source: [...sources, ...NAMES_OF_OTHERS].join('\n'),
  files: await trackedFiles(/./),
  documents: new Map(all.map((document) => [document.path, document])),
};

/** What a block can be; each is looked at by `test/integration/app/documents.test.ts` where it can be run. */
const LANGUAGES = ['', 'sh', 'http', 'json', 'sql', 'nginx', 'caddyfile', 'yaml', 'ini', 'mermaid'];

for (const document of all) {
  test(`${document.path} names what there is`, () => {
    assert.deepEqual(mistakesIn(document, known), []);
    for (const { place, language, text, notRunBecause } of blocksOf(document)) {
      assert.ok(
        LANGUAGES.includes(language),
        `${place}: a block of ${language}: expected one of ${LANGUAGES.join(', ')}`,
      );
      assert.ok(
        notRunBecause === null || notRunBecause.length >= 10,
        `${place}: the reason for not running it`,
      );
      assert.ok(
        language !== '' || !/^(?:\$ )?(?:npm|node|curl|docker|git) /m.test(text),
        `${place}: commands stand in a block of sh`,
      );
      if (language === 'json' && notRunBecause === null)
        assert.doesNotThrow(() => JSON.parse(text), place);
    }
  });
}

test('links of all other documents lead somewhere', async () => {
  const others = await documents(/\.md$/);
  const map = new Map(others.map((document) => [document.path, document]));
  assert.deepEqual(
    others.flatMap((document) =>
      brokenLinks(document, map).map((mistake) => `${document.path}: ${mistake}`),
    ),
    [],
  );
});

test('these checks find what is not there', () => {
  const text = [
    '# Title',
    '`src/main.ts`, `src/nowhere/file.ts`, `npm run perf:gate -- --self-test`, `npm run nothing`, `request.bad-id`,',
    '`request.no-such`, `HTTP_PROCESSES`, `HTTP_NOTHING_MAX`, `main.ts`,',
    ' `http/nothing.ts`, `doNothing(x)`, [here](#title), [there](errors.md#nothing), [gone](gone.md)',
    '```sh',
    'npm run also-nothing',
    '```',
  ].join('\n');
  assert.deepEqual(
    mistakesIn(
      { path: 'docs/planted.md', text },
      {
        ...known,
        source: 'HTTP_PROCESSES',
        documents: new Map([
          ...known.documents,
          ['docs/planted.md', { path: 'docs/planted.md', text }],
        ]),
      },
    ),
    [
      'there is no npm run nothing',
      'there is no npm run also-nothing',
      'there is no error request.no-such',
      'no code knows HTTP_NOTHING_MAX',
      'no code knows doNothing',
      'there is no src/nowhere/file.ts',
      'there is no http/nothing.ts',
      'docs/errors.md has no heading #nothing',
      'the link to gone.md leads nowhere',
    ].map((mistake) => `docs/planted.md: ${mistake}`),
  );
});
