/** Lines as rows for COPY: what is escaped, what is counted, and which line is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineChunks } from '../../../../src/features/ingest/bulk/line-chunks.ts';
import { copyField } from '../../../../src/lib/import-line/copy-text.ts';
import { csvFields, csvRecord } from '../../../../src/lib/import-line/csv.ts';
import { stageLines } from '../../../../src/lib/import-line/stage-lines.ts';

const HASH = 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c';

function line(name: string, title: object = { type: 'movie', imdb: 'tt1', name: 'A' }): string {
  return JSON.stringify({ infoHash: HASH, name, title });
}

function rowsOf(bytes: Uint8Array): string[][] {
  const text = Buffer.from(bytes).toString();
  return text === ''
    ? []
    : text
        .slice(0, -1)
        .split('\n')
        .map((row) => row.split('\t'));
}

test('a line that cannot be read is refused with its number, the others are staged', () => {
  const text = ['{', '', line('A.2020.1080p'), '[]', line('B', { type: 'series', name: 'B' })].join(
    '\n',
  );
  const staged = stageLines(Buffer.from(text), 41, 'ndjson', []);
  const refusals = JSON.parse(staged.refusals) as [number, string][];
  assert.deepEqual(
    refusals.map(([number]) => number),
    [41, 44, 45],
  );
  assert.match(refusals[0]?.[1] ?? '', /not JSON/);
  assert.match(refusals[2]?.[1] ?? '', /which episodes/);
  assert.equal(staged.lines, 4);
  assert.deepEqual(
    rowsOf(staged.streams).map((row) => row.slice(0, 3)),
    [['43', '0', `\\\\x${HASH}`]],
  );
  assert.equal(rowsOf(staged.links).length, 1);
});

test('a title is staged once, with all ids that its lines name', () => {
  const titles = [
    { imdb: 'tt5' },
    { imdb: 'tt5', tmdb: 7, name: 'Five', year: 1999 },
    { imdb: 'tt5' },
  ];
  const text = titles.map((title) => line('x', { type: 'movie', ...title })).join('\n');
  const staged = stageLines(Buffer.from(text), 1, 'ndjson', []);
  assert.deepEqual(
    rowsOf(staged.titles).map((row) => row.slice(0, 5)),
    [['movie sl:movie-tt0000005', 'movie', 'sl:movie-tt0000005', 'Five', '1999']],
  );
  assert.deepEqual(
    rowsOf(staged.titleIds).map((row) => row.slice(3)),
    [
      ['sl', 'sl:movie-tt0000005'],
      ['imdb', 'tt0000005'],
      ['tmdb', '7'],
    ],
  );
});

test('whatever a field holds, it is one field of one row', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const field = copyField(text);
      assert.doesNotMatch(field, /[\n\r\t\0]/);
      const read = field.replaceAll(/\\(.)/g, (_, code: string) => UNESCAPED[code] ?? code);
      assert.equal(read, text.replaceAll('\0', ''));
    }),
  );
});

const UNESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

test('CSV is read as it is quoted, and columns of the title go there', () => {
  assert.deepEqual(csvFields('a,"b ""c"", d",,e'), ['a', 'b "c", d', '', 'e']);
  assert.throws(() => csvFields('a,"b'), /not closed/);
  assert.throws(() => csvFields('"a"b'), /comma is missing/);
  assert.deepEqual(csvRecord('tt1,A,x', ['imdb', 'title', 'name']), {
    name: 'x',
    title: { imdb: 'tt1', name: 'A' },
  });
  assert.throws(() => csvRecord('1,2', ['name']), /2 fields: expected 1/);
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
      const plain = fields.map((field) => field.replaceAll(/[\r\n]/g, ' '));
      const text = plain.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
      assert.deepEqual(csvFields(text), plain);
    }),
  );
});

test('pieces of a file end with lines and count them, however it arrives', async () => {
  const letters = fc.array(fc.constantFrom('a', '\n', 'b'.repeat(100_000)), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(letters, fc.integer({ min: 1, max: 300_000 }), async (parts, size) => {
      const text = parts.join('');
      const chunks = async function* () {
        for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
      };
      let read = '';
      let endBytes = 0;
      for await (const chunk of lineChunks(chunks())) {
        assert.equal(chunk.firstLine, read.split('\n').length);
        read += Buffer.from(chunk.bytes).toString();
        ({ endBytes } = chunk);
        assert.ok(endBytes === text.length || read.endsWith('\n'));
      }
      assert.equal(read, text);
      assert.equal(endBytes, text.length);
    }),
    { numRuns: 50 },
  );
});
