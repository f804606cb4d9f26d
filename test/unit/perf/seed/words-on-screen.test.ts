/** Protects what a person reads from the seeder: bad arguments, progress, times, failures. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSeedArguments } from '../../../../perf/seed/arguments.ts';
import { failureText, stoppedText } from '../../../../perf/seed/failure.ts';
import { ProgressBar, progressText } from '../../../../perf/seed/progress-bar.ts';
import { sizesText, timesText } from '../../../../perf/seed/report.ts';
import type { SeedTarget } from '../../../../perf/seed/target.ts';
import { StartError } from '../../../../src/lib/start-error.ts';

describe('arguments of the seeder', () => {
  it('has the defaults of the README and takes digits in groups', () => {
    assert.deepEqual(parseSeedArguments([]), {
      uri: null,
      titles: 100_000,
      streams: 2_000_000,
      seed: 1,
    });
    assert.equal(parseSeedArguments(['--streams', '2_000_000'])?.streams, 2_000_000);
    assert.equal(parseSeedArguments(['--streams=10,000,000', '--seed', '7'])?.seed, 7);
    assert.equal(
      parseSeedArguments(['--streams', '10000000'])?.titles,
      500_000,
      'a title for 20 streams',
    );
    assert.equal(parseSeedArguments(['--streams', '0'])?.titles, 1);
    assert.equal(parseSeedArguments(['--help']), null);
  });

  it('says in one line what is accepted', () => {
    const cases: readonly [readonly string[], RegExp][] = [
      [['--titles', 'many'], /^--titles "many": expected a whole number from 1 to 10000000$/],
      [['--titles', '0'], /^--titles "0": expected/],
      [['--streams', '1e6'], /^--streams "1e6": expected/],
      [['--streams=-1'], /^--streams "-1": expected/],
      [['--seed', '1.5'], /^--seed "1.5": expected/],
      [['--seed', '99999999999'], /expected a whole number from 0 to 4294967295/],
      [['--uri', 'mysql://host/x'], /^--uri: expected an address like postgres:/],
      [['--uri', 'nonsense'], /^--uri: expected/],
      [['--rows', '5'], /Unknown option '--rows'.*see --help/],
      [['extra'], /see --help/],
    ];
    for (const [given, text] of cases) {
      assert.throws(
        () => parseSeedArguments(given),
        (error) => error instanceof StartError && text.test(error.message),
        given.join(' '),
      );
    }
  });
});

describe('the progress bar', () => {
  const copying = {
    phase: 'COPY',
    done: 500_000,
    total: 2_000_000,
    unit: 'streams',
    detail: '',
  } as const;

  it('has percentage, rate and the time that is left', () => {
    assert.equal(
      progressText(copying, 10),
      'COPY                      [######------------------]  25 %  500,000 of 2,000,000 streams  50,000/s  30 s left',
    );
    assert.match(
      progressText({ ...copying, phase: 'GIN indexes', detail: 'media_search' }, 1),
      /streams {2}media_search$/,
    );
    assert.match(
      progressText({ ...copying, done: 0, total: 0 }, 0),
      /100 %/,
      'nothing to do is done',
    );
  });

  it('rewrites one line on a terminal, cut to its width, and takes it away', () => {
    let nowMs = 0;
    const written: string[] = [];
    const bar = new ProgressBar(
      { isTTY: true, columns: 40, write: (text) => written.push(text) },
      () => nowMs,
    );
    bar.update(copying);
    bar.update(copying);
    nowMs = 150;
    bar.update(copying);
    bar.clear();
    assert.equal(written.length, 3, 'not more often than ten times a second');
    assert.ok(
      written.every(
        (text) => text.startsWith('\r') && !text.includes('\n') && text.length <= 40 + 4,
      ),
    );
  });

  it('writes a line every five seconds elsewhere, and one for each phase', () => {
    let nowMs = 0;
    const written: string[] = [];
    const bar = new ProgressBar({ write: (text) => written.push(text) }, () => nowMs);
    for (; nowMs <= 12_000; nowMs += 100) bar.update(copying);
    bar.update({ ...copying, phase: 'statistics' });
    bar.clear();
    assert.equal(written.length, 4);
    assert.ok(written.every((text) => text.endsWith('\n') && !text.includes('\r')));
  });
});

describe('the report', () => {
  it('counts COPY and ordinary indexes into one rate, everything into the other', () => {
    const text = timesText({
      titles: 1,
      streams: 2_000_000,
      links: 3,
      elapsedMs: 50_000,
      phases: [
        { phase: 'COPY', elapsedMs: 15_000 },
        { phase: 'keys and B-tree indexes', elapsedMs: 10_000 },
        { phase: 'GIN indexes', elapsedMs: 1000 },
        { phase: 'statistics', elapsedMs: 2000 },
      ],
    });
    assert.match(text, /together +25\.0 s +80,000 streams\/s/);
    assert.match(text, /GIN indexes +1\.0 s/);
    assert.match(text, /everything +50\.0 s +40,000 streams\/s/);
  });

  it('lists tables, and the indexes that matter, largest first', () => {
    const text = sizesText({
      databaseBytes: 500e6,
      tables: [
        {
          table: 'stream',
          rows: 2e6,
          tableBytes: 400e6,
          indexes: [
            { name: 'small', method: 'btree', bytes: 1e6 },
            { name: 'one', method: 'gin', bytes: 6e6 },
            { name: 'two', method: 'btree', bytes: 9e6 },
          ],
        },
      ],
    });
    assert.match(text, /stream +2,000,000 +400 +16/);
    assert.match(text, /two +btree +9\n +one +gin +6\n/);
    assert.doesNotMatch(text, /small/);
  });
});

describe('failures', () => {
  const target: SeedTarget = {
    uri: 'postgres://x',
    name: 'POSTGRES_URI=postgres://x',
    folder: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const coded = (code: string, message = 'words of the server') =>
    Object.assign(new Error(message), { code });

  it('become one line that says what happened to the database', async () => {
    const cases: readonly [Error, RegExp][] = [
      [
        coded('53100'),
        /disk of POSTGRES_URI=postgres:\/\/x is full \(words of the server\): the database is as it was before/,
      ],
      [coded('ENOSPC'), /is full/],
      [coded('55P03'), /is in use.*as it was before/],
      [coded('42501'), /expected the role that owns/],
      [coded('28P01'), /does not answer/],
      [coded('ECONNREFUSED', ''), /does not answer \(ECONNREFUSED\)/],
      [coded('3D000'), /does not answer/],
      [coded('57P01'), /ended the connection/],
      [new Error('Connection terminated unexpectedly'), /ended the connection/],
      [coded('23505'), /refused \(words of the server\): the database is as it was before/],
      [new StartError('the database lacks 2 migrations'), /^the database lacks 2 migrations$/],
    ];
    for (const [error, text] of cases)
      assert.match((await failureText(error, target, false)) ?? '', text);
    assert.match(
      (await failureText(coded('53100'), target, true)) ?? '',
      /the rows are there; autovacuum/,
    );
    assert.match(stoppedText(false), /as it was before/);
    assert.match(stoppedText(true), /the rows are there/);
  });

  it('are not made of bugs: those keep their stack', async () => {
    assert.equal(await failureText(new TypeError('x is not a function'), target, false), null);
    assert.equal(await failureText('a string', target, false), null);
  });
});
