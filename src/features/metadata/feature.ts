/** The door of metadata: titles made on demand from metadata services. */
import type { Feature } from '../feature.ts';

export function createMetadata(): Feature {
  return {};
}
