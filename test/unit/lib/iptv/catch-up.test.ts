/** Addresses of what was shown, as providers' lists describe them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catchUpUrl } from '../../../../src/lib/iptv/catch-up.ts';

// 2026-03-01 20:05:00 until 21:05:00, asked for at 23:05:00.
const SPAN = { startS: 1_772_395_500, stopS: 1_772_399_100, nowS: 1_772_406_300 };
const LIVE = 'http://p.example:8080/live/u/p/12.ts';

const cases: readonly (readonly [
  type: string,
  source: string,
  url: string,
  found: string | null,
])[] = [
  ['xc', '', LIVE, 'http://p.example:8080/timeshift/u/p/60/2026-03-01:20-05/12.ts'],
  ['xc', '', 'http://p.example/u/p/12', 'http://p.example/timeshift/u/p/60/2026-03-01:20-05/12.ts'],
  ['shift', '', 'http://p.example/1', 'http://p.example/1?utc=1772395500&lutc=1772406300'],
  ['shift', '', 'http://p.example/1?t=x', 'http://p.example/1?t=x&utc=1772395500&lutc=1772406300'],
  [
    'append',
    '?s=${start}&e={utcend}',
    'http://p.example/1',
    'http://p.example/1?s=1772395500&e=1772399100',
  ],
  [
    'default',
    'http://a.example/{utc:YmdHMS}/{duration}',
    LIVE,
    'http://a.example/20260301200500/3600',
  ],
  ['default', '/relative', LIVE, null],
  [
    'flussonic',
    '',
    'http://p.example/ch/mpegts?token=x',
    'http://p.example/ch/timeshift_abs-1772395500.ts?token=x',
  ],
  ['fs', '', 'http://p.example/ch/index.m3u8', 'http://p.example/ch/timeshift_rel-10800.m3u8'],
  ['vod', '', LIVE, null],
  ['', '', LIVE, null],
];
for (const [catchupType, catchupSource, url, found] of cases)
  test(`${catchupType || 'nothing'} ${catchupSource} of ${url}`, () => {
    assert.equal(catchUpUrl({ catchupType, catchupSource, url }, SPAN), found);
  });
