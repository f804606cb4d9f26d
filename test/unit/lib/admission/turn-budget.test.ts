/** Protects admission by the event loop: patience with pauses, refusal of a standing queue, none when it is off. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TurnBudget } from '../../../../src/lib/admission/turn-budget.ts';

const BUDGET_MS = 3;
/** Shorter than 16 times the budget. */
const SHORT_MS = 30;
/** Moved by what is served: of a real one, a busy machine takes whole turns between two requests. */
let clockMs = 0;

function budgetOf(budgetMs = BUDGET_MS): { readonly turns: TurnBudget; readonly told: number[] } {
  const told: number[] = [];
  return {
    turns: new TurnBudget({
      budgetMs,
      onRefused: (requests) => told.push(requests),
      now: () => clockMs,
    }),
    told,
  };
}

function serve(ms: number): void {
  clockMs += ms;
}

/** One turn with requests of 1 ms each until `ms` have gone; how many were refused. */
async function longTurn(turns: TurnBudget, ms: number): Promise<number> {
  const endsAtMs = clockMs + ms;
  let refused = 0;
  while (clockMs < endsAtMs) {
    if (!turns.admits(clockMs)) refused += 1;
    serve(1);
  }
  await turn();
  return refused;
}

/** Long turns until one is cut. */
async function overload(turns: TurnBudget): Promise<void> {
  for (let count = 0; count < 20; count++) {
    if ((await longTurn(turns, 100)) > 0) return;
  }
  assert.fail('long turns for more than a second refused nobody');
}

describe('TurnBudget', () => {
  test('a long pause or burst refuses nobody, nor do many with short turns between them', async () => {
    const { turns } = budgetOf();
    assert.equal(await longTurn(turns, 200), 0);
    for (let count = 0; count < 6; count++) {
      assert.equal(await longTurn(turns, 5), 0);
      assert.equal(await longTurn(turns, 120), 0);
    }
  });

  test('busy turns that are not long refuse nobody', async () => {
    const { turns } = budgetOf();
    for (let count = 0; count < 25; count++) assert.equal(await longTurn(turns, SHORT_MS), 0);
  });

  test('once turns stay long they are cut at the budget, and the log hears of it once', async () => {
    const { turns, told } = budgetOf();
    await overload(turns);
    const startedAtMs = clockMs;
    let served = 0;
    while (turns.admits(clockMs)) {
      served += 1;
      serve(1);
    }
    const servedForMs = clockMs - startedAtMs;
    assert.ok(
      served > 0 && servedForMs >= BUDGET_MS && servedForMs <= 2 * BUDGET_MS,
      `served for ${servedForMs} ms`,
    );
    await turn();
    for (let count = 0; count < 3; count++) assert.ok((await longTurn(turns, 80)) > 0);
    assert.equal(told.length, 1);
    assert.ok((told[0] ?? 0) > 0);
  });

  test('who is refused by handlers is not patient: the first long turn is cut', async () => {
    const { turns } = budgetOf();
    turns.refusedByHandler(clockMs);
    assert.equal(await longTurn(turns, SHORT_MS), 0);
    assert.ok((await longTurn(turns, 80)) > 0);
  });

  test('a turn that does not end is cut again and again: it serves for a budget and refuses for 16', async () => {
    const { turns } = budgetOf();
    await overload(turns);
    const admitted = Array.from({ length: 102 }, () => {
      const isAdmitted = turns.admits(clockMs);
      serve(1);
      return isAdmitted ? 'S' : 'r';
    }).join('');
    await turn();
    assert.equal(admitted, `SSS${'r'.repeat(48)}`.repeat(2));
  });

  test('one short turn is no end of an overload: the next long turn is cut at once', async () => {
    const { turns } = budgetOf();
    await overload(turns);
    assert.equal(await longTurn(turns, BUDGET_MS), 0);
    assert.ok((await longTurn(turns, 80)) > 0);
  });

  test('turns that would not be long if nobody were refused end it on trial after half a second', async () => {
    const { turns } = budgetOf();
    await overload(turns);
    const untilMs = clockMs + 700;
    while (clockMs < untilMs) await longTurn(turns, SHORT_MS);
    assert.equal(await longTurn(turns, SHORT_MS), 0);
  });

  test('for seconds after an overload a long turn is not borne again', async () => {
    const { turns } = budgetOf();
    await overload(turns);
    const untilMs = clockMs + 700;
    while (clockMs < untilMs) await longTurn(turns, 5);
    assert.equal(await longTurn(turns, SHORT_MS), 0);
    assert.ok((await longTurn(turns, 100)) > 0);
  });

  test('after an idle time a server serves whoever comes, whatever was before', async () => {
    const { turns } = budgetOf();
    await overload(turns);
    serve(1000);
    assert.equal(await longTurn(turns, SHORT_MS), 0);
  });

  test('a budget of 0 never refuses', async () => {
    const { turns, told } = budgetOf(0);
    for (let count = 0; count < 10; count++) assert.equal(await longTurn(turns, 70), 0);
    assert.deepEqual(told, []);
  });
});
