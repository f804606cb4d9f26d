/** The server behind a source, with what it may be asked. */
import type { SourceSettings } from '../../../lib/source-settings/source-settings.ts';
import type { Upstream, Upstreams, UpstreamSpec } from '../../../platform/upstream/upstream.ts';

export type Politeness = Pick<UpstreamSpec, 'callsPerMinute' | 'burst' | 'concurrencyMax'>;

/** What the operator names may be at a private address, what a user names may not. */
export function openUpstream(
  settings: Pick<SourceSettings, 'id' | 'url' | 'isPersonal' | 'proxyUrl'> & {
    readonly apiKey?: string;
  },
  politeness: Politeness,
  upstreams: Upstreams,
): Upstream {
  const { id, url, isPersonal, proxyUrl, apiKey = '' } = settings;
  return upstreams.open({
    ...politeness,
    name: id,
    credential: `${url} ${apiKey}`,
    isPersonal,
    proxyUrl,
    trustedOrigins: isPersonal ? [] : [new URL(url).origin],
  });
}
