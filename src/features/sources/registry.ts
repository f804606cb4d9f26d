/** From the settings of sources to the sources: which provider speaks to which kind. */
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import type { Upstreams } from '../../platform/upstream/upstream.ts';
import { addonSource } from './providers/addon.ts';
import { jackettSource } from './providers/jackett.ts';
import { newznabSource } from './providers/newznab.ts';
import { peerSource } from './providers/peer.ts';
import { prowlarrSource } from './providers/prowlarr.ts';
import { torznabSource } from './providers/torznab.ts';
import { zileanSource } from './providers/zilean.ts';
import type { Source } from './source.ts';

/** Opening costs nothing: calls begin with a search. */
export type OpenSources = (settings: readonly SourceSettings[]) => readonly Source[];

export function sourceRegistry(upstreams: Upstreams): OpenSources {
  return (settings) => settings.map((one) => openSource(one, upstreams));
}

export function openSource(settings: SourceSettings, upstreams: Upstreams): Source {
  switch (settings.kind) {
    case 'torznab':
      return torznabSource(settings, upstreams);
    case 'newznab':
      return newznabSource(settings, upstreams);
    case 'prowlarr':
      return prowlarrSource(settings, upstreams);
    case 'jackett':
      return jackettSource(settings, upstreams);
    case 'zilean':
      return zileanSource(settings, upstreams);
    case 'mediafusion':
      return peerSource(settings, upstreams);
    case 'addon':
    case 'torrentio':
      return addonSource(settings, upstreams);
  }
}
