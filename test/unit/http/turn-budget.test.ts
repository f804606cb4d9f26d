/** Protects admission by the event loop: patience with pauses, refusal of a standing queue, none when it is off. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TurnBudget } from '../../../src/http/turn-budget.ts';

const BUDGET_MS = 20;

function budgetOf(budgetMs = BUDGET_MS): { readonly turns: TurnBudget; readonly told: number[] } {
  const told: number[] = [];
  return { turns: new TurnBudget({ budgetMs, onRefused: (requests) => told.push(requests) }), told };
}

/** Blocks the loop, as serving does. */
function serve(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** One turn with requests of 1 ms each until `ms` have gone; how many were refused. */
async function longTurn(turns: TurnBudget, ms: number): Promise<number> {
  const endsAtMs = performance.now() + ms;
  let refused = 0;
  while (performance.now() < endsAtMs) {
    if (!turns.admits(performance.now())) refused += 1;
    serve(1);
  }
  await turn();
  return refused;
}

describe('TurnBudget', () => {
  test('a single long turn, a pause for garbage, refuses nobody', async () => {
    const { turns } = budgetOf();
    assert.equal(await longTurn(turns, 90), 0);
    assert.equal(await longTurn(turns, 5), 0);
    assert.equal(await longTurn(turns, 90), 0, 'the short turn between them ended the first');
  });

  test('turns that stay long are cut at the budget, and the log hears of it once', async () => {
    const { turns, told } = budgetOf();
    for (let count = 0; count < 4; count++) await longTurn(turns, 40);
    const startedAtMs = performance.now();
    let served = 0;
    while (turns.admits(performance.now())) {
      served += 1;
      serve(1);
    }
    const servedForMs = performance.now() - startedAtMs;
    assert.ok(served > 0 && servedForMs >= BUDGET_MS && servedForMs < 3 * BUDGET_MS, `served for ${servedForMs} ms`);
    await turn();
    for (let count = 0; count < 3; count++) await longTurn(turns, 40);
    assert.equal(told.length, 1);
    assert.ok((told[0] ?? 0) > 0);
  });

  test('the first request of a turn is always served: nobody is refused by an idle server', async () => {
    const { turns } = budgetOf();
    for (let count = 0; count < 6; count++) await longTurn(turns, 40);
    assert.equal(turns.admits(performance.now()), true);
    await turn();
    assert.equal(await longTurn(turns, 10), 0);
    assert.equal(await longTurn(turns, 60), 0, 'short turns ended the refusals');
  });

  test('a budget of 0 never refuses', async () => {
    const { turns, told } = budgetOf(0);
    for (let count = 0; count < 6; count++) assert.equal(await longTurn(turns, 40), 0);
    assert.deepEqual(told, []);
  });
});
