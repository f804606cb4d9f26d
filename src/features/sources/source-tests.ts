/** Tests of sources while they are being set up: each is opened for the one call. */
import type { SourceTests } from '../configure/contract.ts';
import type { OpenSources } from './registry.ts';

export function sourceTests(open: OpenSources): SourceTests {
  return {
    test: async (settings, signal) => {
      const [source] = open([settings]);
      return source === undefined
        ? { isWorking: false, message: 'this version cannot search sources of this kind' }
        : source.test(signal);
    },
  };
}
