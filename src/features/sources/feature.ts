/** The door of sources: indexers, add-ons and peers that are searched for streams. */
import type { Feature } from '../feature.ts';

export function createSources(): Feature {
  return {};
}
