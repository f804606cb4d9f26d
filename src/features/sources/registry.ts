/** From the settings of sources to the sources: which provider speaks to which kind. */
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import type { Upstreams } from '../../platform/upstream/upstream.ts';
import { addonSource } from './providers/addon.ts';
import { newznabSource } from './providers/newznab.ts';
import { torznabSource } from './providers/torznab.ts';
import { zileanSource } from './providers/zilean.ts';
import type { Source } from './source.ts';

/** Opening costs nothing: calls begin with a search. */
export type OpenSources = (settings: readonly SourceSettings[]) => readonly Source[];

export function sourceRegistry(upstreams: Upstreams): OpenSources {
  return (settings) => settings.flatMap((one) => openSource(one, upstreams));
}

function openSource(settings: SourceSettings, upstreams: Upstreams): readonly Source[] {
  switch (settings.kind) {
    case 'zilean':
      return [zileanSource(settings, upstreams)];
    case 'addon':
    case 'torrentio':
    case 'mediafusion':
      return [addonSource(settings, upstreams)];
    case 'torznab':
      return [torznabSource(settings, upstreams)];
    case 'newznab':
      return [newznabSource(settings, upstreams)];
    case 'prowlarr':
    case 'jackett':
      return [];
  }
}
