/** Another instance of Sluice or MediaFusion: an add-on whose Torznab output may be there, switched off or behind a key. */
import { addonAnswer, type AddonOptions } from './addon.ts';
import { FakeUpstream, json, type Answer, type Asked } from './fake-upstream.ts';
import { torznabAnswer } from './torznab.ts';

export interface PeerOptions extends AddonOptions {
  readonly torznab?: 'open' | 'off' | 'absent';
  /** Asked for by its Torznab output. */
  readonly apiKey?: string;
  /** XML of items before those of its Torznab output. */
  readonly extraItems?: string;
}

export function startPeer(options: PeerOptions = {}): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, options) });
}

function answerOf(asked: Asked, options: PeerOptions): Answer | undefined {
  const { torznab = 'open', apiKey = '', works, extraItems = '' } = options;
  if (asked.path === '/torznab/api' || asked.path === '/torznab') {
    if (torznab === 'absent') return json({ error: { code: 'request.not-found' } }, 404);
    if (torznab === 'off')
      return {
        contentType: 'application/xml',
        body: '<error code="503" description="Torznab API is disabled" />',
      };
    return torznabAnswer(asked.query, {
      title: 'Peer',
      apiKey,
      extraItems,
      ...(works && { works }),
    });
  }
  return addonAnswer(asked, { style: 'mediafusion', ...options });
}
