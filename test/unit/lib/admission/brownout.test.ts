/** In which order classes make way, how fast, and how soon they are back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Brownout, RANKS, type Rank } from '../../../../src/lib/admission/brownout.ts';

const SECOND = 10;
const ALL: readonly Rank[] = [0, 1, 2, 3, 4, 5, 6];

class Process {
  readonly brownout = new Brownout();
  pressure = 0;

  constructor() {
    this.brownout.add({ name: 'loop', read: () => this.pressure });
    this.brownout.add({ name: 'database', read: () => 0 });
  }

  tick(times: number): void {
    for (let time = 0; time < times; time++) this.brownout.tick();
  }

  /** Ticks until the level is reached; what it took. */
  ticksUntil(isReached: (level: number) => boolean): number {
    let ticks = 0;
    for (; ticks < 1000 && !isReached(this.brownout.level); ticks++) this.brownout.tick();
    return ticks;
  }

  /** Of a hundred requests of the rank. */
  admitted(rank: Rank): number {
    return Array.from({ length: 100 }, () => this.brownout.admits(rank)).filter(Boolean).length;
  }
}

describe('Brownout', () => {
  test('without pressure everything is done', () => {
    const idle = new Process();
    idle.tick(SECOND);
    assert.deepEqual(idle.brownout.state, { stage: 'normal', level: 0, reasons: [] });
    assert.ok(ALL.every((rank) => idle.admitted(rank) === 100));
  });

  test('a short pressure is borne, a lasting one is not, and says why', () => {
    const busy = new Process();
    busy.pressure = 2;
    busy.tick(2);
    assert.equal(busy.brownout.level, 0);
    busy.pressure = 0;
    busy.tick(1);
    busy.pressure = 1;
    busy.tick(3);
    assert.deepEqual(busy.brownout.state, {
      stage: 'cached-only',
      level: 0.25,
      reasons: ['loop'],
    });
    assert.ok(busy.brownout.isSparing);
    assert.ok(
      ALL.every((rank) => busy.admitted(rank) === 100),
      'nothing is refused yet',
    );
  });

  test('classes make way from the least important up, each wholly before the next one', () => {
    const busy = new Process();
    busy.pressure = 1;
    for (let level = 2; level <= 6; level++) {
      busy.ticksUntil((reached) => reached >= level);
      const shares = ALL.map((rank) => busy.admitted(rank));
      const refusedFrom = RANKS + 1 - level;
      assert.deepEqual(
        shares,
        ALL.map((rank) => (rank >= refusedFrom ? 0 : 100)),
        `level ${level}`,
      );
    }
    busy.pressure = 9;
    busy.tick(10 * SECOND);
    assert.equal(busy.brownout.level, 6);
    assert.equal(busy.admitted(0) + busy.admitted(1), 200, 'the turn cuts these, nobody else');
  });

  test('between two levels a share of a class passes, evenly', () => {
    const busy = new Process();
    busy.pressure = 1;
    busy.ticksUntil((level) => level >= 2.25);
    assert.equal(busy.brownout.level, 2.25);
    assert.equal(busy.admitted(6), 0);
    const passed = Array.from({ length: 8 }, () => busy.brownout.admits(5));
    assert.equal(passed.filter(Boolean).length, 6);
  });

  test('great pressure ends in cold titles being refused within a second', () => {
    const busy = new Process();
    busy.pressure = 4;
    assert.ok(busy.ticksUntil((level) => level >= 4) <= SECOND);
    assert.equal(busy.admitted(4), 0);
    assert.equal(busy.admitted(3), 100);
  });

  test('all is well again within five seconds, though everybody goes on asking', () => {
    const busy = new Process();
    busy.pressure = 4;
    busy.ticksUntil((level) => level >= 5);
    busy.pressure = 0;
    let ticks = 0;
    for (; busy.brownout.level > 0; ticks++) {
      for (const rank of ALL) busy.brownout.admits(rank);
      busy.tick(1);
    }
    assert.ok(ticks <= 5 * SECOND, `${ticks / SECOND} s`);
  });

  test('holds while the signals are neither calm nor alarmed, and is not patient a second time', () => {
    const busy = new Process();
    busy.pressure = 1;
    busy.tick(8);
    const { level } = busy.brownout;
    busy.pressure = 0.7;
    busy.tick(SECOND);
    assert.equal(busy.brownout.level, level);
    busy.pressure = 0;
    busy.ticksUntil((reached) => reached === 0);
    busy.pressure = 1;
    busy.tick(1);
    assert.ok(busy.brownout.level > 0);
  });
});
