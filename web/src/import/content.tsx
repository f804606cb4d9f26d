/** What is brought: a link or a file, and what is known of it. */
import { useState, type SubmitEvent } from 'react';
import { Disclosure, Section } from '../ui/section.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { Asked } from './calls.ts';
import { PlainField } from './plain-field.tsx';

const SOURCES = [
  { value: 'link', label: 'A link' },
  { value: 'file', label: 'A file' },
];
const TYPES = [
  { value: '', label: 'I leave it open' },
  { value: 'movie', label: 'A film' },
  { value: 'series', label: 'A series' },
];
const LINES = /\.(?:ndjson|jsonl|csv)$/i;

interface Props {
  /** A profile may say that everybody gets it. */
  readonly canBePublic: boolean;
  readonly isBusy: boolean;
  readonly onAnalyse: (asked: Asked) => void;
  readonly onLines: (file: File) => void;
}

const NOTHING_SAID = { type: '', title: '', year: '', imdb: '', name: '', season: '', episode: '' };

export function ContentSection({ canBePublic, isBusy, onAnalyse, onLines }: Props) {
  const [source, setSource] = useState('link');
  const [link, setLink] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [said, setSaid] = useState(NOTHING_SAID);
  const [isPublic, setPublic] = useState(false);
  const isLines = source === 'file' && file !== null && LINES.test(file.name);
  const isMissing = source === 'link' ? link.trim() === '' : file === null;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isMissing || isBusy) return;
    if (isLines) return onLines(file);
    onAnalyse({
      ...(source === 'link' ? { link: link.trim() } : { torrent: await base64Of(file) }),
      ...askedOf(said),
      ...(isPublic && canBePublic && { visibility: 'public' as const }),
    });
  };
  const say = (name: keyof typeof said) => (text: string) => setSaid({ ...said, [name]: text });
  return (
    <Section
      id="content"
      title="What you bring"
      lede="Torrents, NZBs, videos at an address, YouTube videos, AceStream ids; or a file with a line for each."
    >
      <form className="stack" onSubmit={(event) => void submit(event)}>
        <Segmented
          id="source"
          label="It is"
          choices={SOURCES}
          value={source}
          onChange={setSource}
        />
        {source === 'link' ? (
          <PlainField
            id="link"
            label="Link"
            hint="A magnet link, an infohash, https://… of a video, a .torrent or an NZB, a YouTube address, acestream://…"
            placeholder="magnet:?xt=urn:btih:…"
            type="url"
            value={link}
            onChange={setLink}
          />
        ) : (
          <div className="field">
            <label className="field-label" htmlFor="file">
              File
            </label>
            <input
              id="file"
              className="input file-input"
              type="file"
              accept=".torrent,.ndjson,.jsonl,.csv"
              aria-describedby="file-hint"
              onChange={({ currentTarget }) => setFile(currentTarget.files?.[0] ?? null)}
            />
            <p className="hint" id="file-hint">
              A .torrent file, or lines: .ndjson, .jsonl, .csv.
            </p>
          </div>
        )}
        {!isLines && (
          <Disclosure
            title="What you know of it"
            summary="Title, season and episode, if its name does not say them"
          >
            <Known said={said} say={say} />
          </Disclosure>
        )}
        {canBePublic && !isLines && (
          <label className="check" htmlFor="is-public">
            <input
              id="is-public"
              type="checkbox"
              checked={isPublic}
              onChange={({ target }) => setPublic(target.checked)}
            />
            Everybody may have it
          </label>
        )}
        <p>
          <button type="submit" className="button primary" aria-disabled={isMissing || isBusy}>
            {isLines ? 'Import the lines' : 'Look at it'}
          </button>
        </p>
      </form>
    </Section>
  );
}

interface KnownProps {
  readonly said: typeof NOTHING_SAID;
  readonly say: (name: keyof typeof NOTHING_SAID) => (text: string) => void;
}

function Known({ said, say }: KnownProps) {
  return (
    <div className="stack">
      <Segmented id="type" label="It is" choices={TYPES} value={said.type} onChange={say('type')} />
      <div className="fields three">
        <PlainField id="title" label="Title" value={said.title} onChange={say('title')} />
        <PlainField id="year" label="Year" value={said.year} onChange={say('year')} />
        <PlainField
          id="imdb"
          label="IMDb id"
          placeholder="tt…"
          value={said.imdb}
          onChange={say('imdb')}
        />
        <PlainField id="season" label="Season" value={said.season} onChange={say('season')} />
        <PlainField id="episode" label="Episode" value={said.episode} onChange={say('episode')} />
        <PlainField
          id="name"
          label="Name of the release"
          value={said.name}
          onChange={say('name')}
        />
      </div>
    </div>
  );
}

/** Without a type, a season says that it is a series. */
function askedOf(said: typeof NOTHING_SAID): Asked {
  const { type, title, year, imdb, name, season, episode } = said;
  const isTitled = title !== '' || imdb !== '';
  const guessed = season === '' && episode === '' ? 'movie' : 'series';
  return {
    ...(isTitled && {
      title: {
        type: type === '' ? guessed : type,
        ...(title !== '' && { name: title }),
        ...(year !== '' && { year }),
        ...(imdb !== '' && { imdb }),
      },
    }),
    ...(name !== '' && { name }),
    ...(season !== '' && { season }),
    ...(episode !== '' && { episode }),
  };
}

async function base64Of(file: File | null): Promise<string> {
  const bytes = new Uint8Array((await file?.arrayBuffer()) ?? new ArrayBuffer(0));
  let text = '';
  for (const byte of bytes) text += String.fromCodePoint(byte);
  return btoa(text);
}
