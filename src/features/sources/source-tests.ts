/** Tests of sources while they are being set up: each is opened for the one call. */
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import type { SourceTests } from '../configure/contract.ts';
import type { Source } from './source.ts';

export function sourceTests(open: (settings: SourceSettings) => Source): SourceTests {
  return { test: async (settings, signal) => open(settings).test(signal) };
}
