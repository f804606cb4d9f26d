/** Lists of viewers: made once for all who ask at a time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptLists } from '../../../../src/features/iptv/viewers/kept-list-routes.ts';
import { Latch } from '../../../../src/lib/async/latch.ts';
import { CancelController, NEVER_CANCELLED } from '../../../../src/lib/async/cancel.ts';
import { AppError } from '../../../../src/lib/errors.ts';

test('are made once for all who ask at a time, whoever leaves, and kept', async () => {
  await using lists = new KeptLists();
  const latch = new Latch<{ text: string }>();
  let made = 0;
  const make = () => {
    made++;
    return latch.opened;
  };
  const control = new CancelController();
  const leaving = lists.get('one', 'text/plain', make, control.signal);
  const others = Array.from({ length: 100 }, () =>
    lists.get('one', 'text/plain', make, NEVER_CANCELLED),
  );
  control.abort(new AppError('request.cancelled', 'left'));
  await assert.rejects(leaving, { code: 'request.cancelled' });
  latch.open({ text: 'list' });
  const texts = await Promise.all(others);
  assert.equal(new Set(texts).size, 1);
  await lists.get('one', 'text/plain', make, NEVER_CANCELLED);
  assert.equal(made, 1);
});

test('that could not be made are made again for the next who asks', async () => {
  await using lists = new KeptLists();
  const broken = () => Promise.reject(new AppError('iptv.no-channel', 'none'));
  await assert.rejects(lists.get('one', 'text/plain', broken, NEVER_CANCELLED), {
    code: 'iptv.no-channel',
  });
  const make = () => Promise.resolve({ text: 'list' });
  const { representation } = await lists.get('one', 'text/plain', make, NEVER_CANCELLED);
  assert.equal(representation.sizeBytes > 0, true);
});
