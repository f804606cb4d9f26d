/** Jackett: the list of its indexers, and a Torznab endpoint for each, and for all together as slow as the slowest. */
import {
  FakeUpstream,
  xml,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { escaped, torznabAnswer, type FakeIndexer } from './torznab.ts';

export interface FakeJackettIndexer extends FakeIndexer {
  /** `nyaasi` */
  readonly id: string;
  readonly name: string;
  readonly isConfigured?: boolean;
  readonly privacy?: 'public' | 'semi-private' | 'private';
}

export interface JackettOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  readonly apiKey: string;
  readonly indexers: readonly FakeJackettIndexer[];
  /** One from before lists could leave out what fails. */
  readonly isOld?: boolean;
}

const ENDPOINT = /^\/api\/v2\.0\/indexers\/([^/]+)\/results\/torznab(?:\/api)?\/?$/;

export async function startJackett(options: JackettOptions): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, options) });
}

function answerOf({ path, query }: Asked, options: JackettOptions): Answer | undefined {
  const id = ENDPOINT.exec(path)?.[1];
  if (id === undefined) return undefined;
  if (query.get('apikey') !== options.apiKey)
    return xml('<error code="100" description="Invalid API Key" />');
  const isList = id === 'all' || (id === '!status:failing' && options.isOld !== true);
  if (isList && query.get('t') === 'indexers') return xml(indexerList(query, options.indexers));
  const indexer = options.indexers.find((candidate) => candidate.id === id);
  if (indexer === undefined)
    return xml(`<error code="201" description="Indexer &quot;${id}&quot; is not found" />`);
  return torznabAnswer(query, { ...indexer, title: indexer.name, apiKey: options.apiKey });
}

function indexerList(query: URLSearchParams, indexers: readonly FakeJackettIndexer[]): string {
  const listed = indexers.filter(
    ({ isConfigured = true }) => query.get('configured') !== 'true' || isConfigured,
  );
  const entries = listed.map(
    ({ id, name, isConfigured = true, privacy = 'public', knows, byImdb }) => {
      const { movie, tv } = knows ?? { movie: true, tv: true };
      const imdb = byImdb === false ? '' : ',imdbid';
      return `<indexer id="${id}" configured="${isConfigured}">
<title>${escaped(name)}</title><description>${escaped(name)}</description>
<link>https://${id}.invalid/</link><language>en-US</language><type>${privacy}</type>
<caps><server title="Jackett" /><limits default="100" max="100" /><searching>
<search available="yes" supportedParams="q" searchEngine="raw" />
<tv-search available="${tv ? 'yes' : 'no'}" supportedParams="q,season,ep${imdb}" searchEngine="raw" />
<movie-search available="${movie ? 'yes' : 'no'}" supportedParams="q${imdb}" searchEngine="raw" />
</searching><categories><category id="2000" name="Movies" /><category id="5000" name="TV" /></categories></caps>
</indexer>`;
    },
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<indexers>\n${entries.join('\n')}\n</indexers>`;
}
