/** Every error code that services are known to have stands in the tables on purpose. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { debridFailure, FAILURES, videoOf } from '../../../../src/features/debrid/failures.ts';
import { failureOfCode } from '../../../../src/features/debrid/service-codes.ts';
import { AppError, ERRORS, type ErrorCode } from '../../../../src/lib/errors.ts';

type Known = Readonly<Record<string, readonly { readonly code: string | number }[]>>;
const KNOWN = JSON.parse(readFileSync('../shared/data/debrid/error-codes.json', 'utf8')) as Known;
const SPECIFICATION = readFileSync('../shared/reference/mediafusion.md', 'utf8');

/** Those that only libraries and other parts of the program show. */
const VIDEOS = new Set(
  (/Files shipped: ([^(]+)\(all/.exec(SPECIFICATION)?.[1] ?? '').split(/[,\s]+/).filter(Boolean),
);

test('every known code of a service has a row', () => {
  const missing = Object.entries(KNOWN).flatMap(([service, codes]) =>
    codes
      .filter(({ code }) => failureOfCode(service, String(code)) === undefined)
      .map(({ code }) => `${service} ${code}`),
  );
  assert.deepEqual(missing, []);
  assert.ok(Object.keys(KNOWN).length >= 5);
});

test('codes of one service mean nothing at another', () => {
  assert.equal(failureOfCode('realdebrid', '8'), 'debrid.bad-token');
  assert.equal(failureOfCode('alldebrid', '8'), undefined);
  assert.equal(failureOfCode('nowhere', '8'), undefined);
  assert.equal(failureOfCode('realdebrid', 'constructor'), undefined);
});

test('what the specification says of single codes', () => {
  const video = (service: string, code: string) => {
    const failure = failureOfCode(service, code);
    return failure === undefined ? null : FAILURES[failure].video;
  };
  const expected: readonly (readonly [string, readonly string[], string])[] = [
    ['realdebrid', ['-1', '16', '17', '19'], 'debrid_service_down_error'],
    ['realdebrid', ['5', '34'], 'too_many_requests'],
    ['realdebrid', ['7', '24'], 'torrent_not_downloaded'],
    ['realdebrid', ['8', '9', '10', '11', '12', '13', '14', '15'], 'invalid_token'],
    ['realdebrid', ['18', '23', '36'], 'exceed_remote_traffic_limit'],
    ['realdebrid', ['20'], 'need_premium'],
    ['realdebrid', ['21'], 'torrent_limit'],
    ['realdebrid', ['22'], 'ip_not_allowed'],
    ['realdebrid', ['26', '27', '28', '29', '30'], 'transfer_error'],
    ['realdebrid', ['35'], 'content_infringing'],
    ['alldebrid', ['AUTH_BAD_APIKEY', 'AUTH_USER_BANNED'], 'invalid_token'],
    ['alldebrid', ['AUTH_BLOCKED'], 'alldebrid_api_blocked'],
    ['alldebrid', ['NO_SERVER'], 'alldebrid_server_error'],
    ['alldebrid', ['MUST_BE_PREMIUM', 'MAGNET_MUST_BE_PREMIUM'], 'need_premium'],
    ['alldebrid', ['MAGNET_TOO_MANY', 'MAGNET_TOO_MANY_ACTIVE'], 'torrent_limit'],
    ['debridlink', ['badToken', 'expired_token'], 'invalid_token'],
    ['debridlink', ['floodDetected'], 'too_many_requests'],
  ];
  for (const [service, codes, name] of expected)
    for (const code of codes) assert.equal(video(service, code), name, `${service} ${code}`);
});

test('every failure has a code with a meaning, and a video of the list', () => {
  assert.ok(VIDEOS.size > 40);
  const codes = Object.keys(ERRORS).filter((code) => code.startsWith('debrid.'));
  assert.deepEqual(Object.keys(FAILURES).toSorted(), codes.toSorted());
  for (const { video } of Object.values(FAILURES)) assert.ok(VIDEOS.has(video), video);
});

test('calls without an answer have a video, too', () => {
  const codes = (Object.keys(ERRORS) as ErrorCode[]).filter((code) =>
    /^(fetch|upstream)\./.test(code),
  );
  for (const code of codes) {
    const video = videoOf(new AppError(code, 'x'));
    assert.ok(VIDEOS.has(video), code);
    assert.ok(code === 'fetch.too-large' || video !== 'api_error', code);
  }
  assert.equal(videoOf(new Error('x')), 'api_error');
  assert.equal(videoOf(new AppError('upstream.limited', 'x')), 'too_many_requests');
});

test('a failure says which service, what, and which code', () => {
  const error = debridFailure('debrid.torrent-limit', 'Real-Debrid', '21');
  assert.equal(error.message, 'Real-Debrid: too many active downloads (21)');
  assert.equal(error.code, 'debrid.torrent-limit');
});
