/** Bitrates: exact for steady senders whatever their segments' length, 0 for silent ones, bounded by what came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BitrateMeter } from '../../../../src/lib/bitrate/bitrate-meter.ts';
import { renditionOf, StreamBitrate } from '../../../../src/lib/bitrate/stream-bitrate.ts';

const near = (actual: number, expected: number, message?: string) =>
  assert.ok(Math.abs(actual - expected) <= expected * 0.001, `${message}: ${actual}, ${expected}`);

test('a steady sender has its rate after the second segment, with segments of any length', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1000, max: 20_000 }),
      fc.integer({ min: 1000, max: 5_000_000 }),
      fc.integer({ min: 0, max: 10_000_000 }),
      (everyMs, bytes, startMs) => {
        const meter = new BitrateMeter();
        const bps = (bytes * 8000) / everyMs;
        assert.equal(meter.add(bytes, startMs), 0);
        for (let n = 1; n <= 40; n += 1)
          near(meter.add(bytes, startMs + n * everyMs), bps, `segment ${n}`);
        near(meter.averageBps, bps, 'average');
        near(meter.peakBps, bps, 'peak');
      },
    ),
  );
});

test('seconds show every byte that came within a minute, and the current rate ends with the sender', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 9999 })), {
        minLength: 2,
        maxLength: 50,
      }),
      (sent) => {
        const meter = new BitrateMeter();
        let atMs = 500;
        for (const [pauseMs, bytes] of sent) {
          atMs += pauseMs;
          meter.add(bytes, atMs);
        }
        const seconds = new Float64Array(60);
        meter.addSeconds(seconds, atMs + 1000);
        const bits = seconds.reduce((sum, one) => sum + one, 0);
        assert.equal(bits, 8 * sent.slice(1).reduce((sum, [, bytes]) => sum + bytes, 0));
        assert.ok(meter.peakBps <= bits, 'no rate is above all that came, in one second');
        assert.equal(meter.currentBps(atMs + 11_000), 0);
        assert.equal(meter.currentBps(atMs + 500_000), 0);
      },
    ),
  );
});

test('a sender that stops and goes on has the same average and no rate of the pause', () => {
  const meter = new BitrateMeter();
  for (let second = 0; second <= 20; second += 2) meter.add(1_000_000, second * 1000);
  assert.equal(meter.add(1_000_000, 3_600_000), (1_000_000 * 8000) / 3_580_000);
  near(meter.add(1_000_000, 3_602_000), (2_000_000 * 8000) / 3_582_000);
  for (let second = 3604; second < 3630; second += 2) meter.add(1_000_000, second * 1000);
  near(meter.currentBps(3_628_500), 4_000_000);
});

test('a time that goes back is the time of what came before', () => {
  const meter = new BitrateMeter();
  meter.add(1000, 10_000);
  meter.add(1000, 12_000);
  assert.ok(Number.isFinite(meter.add(1000, 5000)));
  assert.ok(meter.averageBps > 0);
});

test('renditions are told by what their numbered segments have in common', () => {
  for (const [name, rendition] of [
    ['index0.ts', 'index'],
    ['index12345678.ts', 'index'],
    ['video-1080_00012.m4s', 'video-1080'],
    ['v0.3.ts', 'v0'],
    ['00012.ts', 'main'],
    ['audio.m4s', 'audio'],
  ] as const)
    assert.equal(renditionOf(name), rendition, name);
});

test('a stream has the sum of its renditions, at most nine of them, and a snapshot for a second', () => {
  const stream = new StreamBitrate(0);
  for (let second = 0; second <= 20; second += 4)
    for (let n = 0; n < 20; n += 1) stream.add(`v${n}`, 500_000, second * 1000 + n);
  stream.drop(20_100);
  const { renditions, currentBps, averageBps, segments, drops, peakBps } = stream.snapshot(20_200);
  assert.deepEqual([renditions.length, segments, drops], [9, 120, 1]);
  assert.equal(renditions.at(-1)?.name, 'others');
  near(renditions[0]?.currentBps ?? 0, 1_000_000);
  assert.ok(currentBps > 19_000_000 && peakBps >= currentBps, `${currentBps} ${peakBps}`);
  assert.ok(averageBps > 19_000_000, String(averageBps));
  const shown = stream.snapshot(20_900);
  assert.equal(stream.snapshot(21_100), shown);
  assert.notEqual(stream.snapshot(21_300), shown);
});
