/** From the settings of sources to the sources: which provider speaks to which kind. */
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import type { Source } from './source.ts';

/** Opening costs nothing: calls begin with a search. */
export type OpenSources = (settings: readonly SourceSettings[]) => readonly Source[];

export function sourceRegistry(): OpenSources {
  return () => [];
}
