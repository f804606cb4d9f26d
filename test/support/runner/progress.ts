/** A long test tells the runner that it goes on: its file is not silent. */
import { appendFileSync } from 'node:fs';

export function noteProgress(): void {
  const events = process.env['SLUICE_TEST_EVENTS'];
  if (events !== undefined) appendFileSync(events, '\n');
}
