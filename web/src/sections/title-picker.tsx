/** Chooses the title of the preview: samples, or one found in the catalogue, with season and episode for series. */
import { useState } from 'react';
import { useTitleSearch } from '../api/queries.ts';
import { Segmented } from '../ui/segmented.tsx';
import type { PickedTitle } from './preview.tsx';

interface Props {
  readonly picked: PickedTitle;
  readonly onPick: (title: PickedTitle) => void;
  readonly onSamples: () => void;
}

type MediaType = 'movie' | 'series';

const TYPES = [{ value: 'samples', label: 'Samples' }, { value: 'movie', label: 'A film' }, { value: 'series', label: 'A series' }];
const EPISODE_MAX = 9999;

export function TitlePicker({ picked, onPick, onSamples }: Props) {
  const [source, setSource] = useState('samples');
  const choose = (value: string) => {
    setSource(value);
    if (value === 'samples') onSamples();
  };
  return (
    <div className="title-picker">
      <Segmented id="preview-source" label="Preview of" choices={TYPES} value={source} onChange={choose} />
      {source !== 'samples' && <Search key={source} type={source === 'series' ? 'series' : 'movie'} picked={picked} onPick={onPick} />}
    </div>
  );
}

interface SearchProps {
  readonly type: MediaType;
  readonly picked: PickedTitle;
  readonly onPick: (title: PickedTitle) => void;
}

function Search({ type, picked, onPick }: SearchProps) {
  const [text, setText] = useState('');
  const [season, setSeason] = useState(1);
  const [episode, setEpisode] = useState(1);
  const { data: found, error } = useTitleSearch(type, text);
  const pick = (id: string, name: string, at = { season, episode }) =>
    onPick({ type, name, id: type === 'series' ? `${id}:${at.season}:${at.episode}` : id });
  const change = (at: { readonly season: number; readonly episode: number }) => {
    setSeason(at.season);
    setEpisode(at.episode);
    const [id = ''] = (picked.type === type ? picked.id ?? '' : '').split(/:\d+:\d+$/);
    if (id !== '') pick(id, picked.name, at);
  };
  return (
    <>
      <div className="field">
        <label className="field-label" htmlFor="title-search">Search the catalogue</label>
        <input
          id="title-search" type="search" className="input" value={text} autoComplete="off" placeholder="Type a title"
          onChange={({ target }) => setText(target.value)}
        />
      </div>
      {type === 'series' && (
        <div className="fields two">
          <Count id="preview-season" label="Season" value={season} onChange={(value) => change({ season: value, episode })} />
          <Count id="preview-episode" label="Episode" value={episode} onChange={(value) => change({ season, episode: value })} />
        </div>
      )}
      {picked.type === type && <p className="hint">Chosen: <strong>{picked.name}</strong></p>}
      <p role="status" className="hint">{error !== null ? error.message : found === undefined ? '' : `${found.length} found`}</p>
      {found !== undefined && found.length > 0 && (
        <ul className="chips" aria-label="Titles found">
          {found.slice(0, 12).map(({ id, name, releaseInfo }) => {
            const label = releaseInfo === undefined ? name : `${name} (${releaseInfo})`;
            return (
              <li key={id}>
                <button
                  type="button" className="chip-button" aria-pressed={picked.id?.startsWith(id) === true} onClick={() => pick(id, label)}
                >{label}</button>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

interface CountProps {
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Count({ id, label, value, onChange }: CountProps) {
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>{label}</label>
      <input
        id={id} className="input" type="number" min={0} max={EPISODE_MAX} value={value}
        onChange={({ target }) => onChange(Math.max(0, Math.min(EPISODE_MAX, Math.trunc(Number(target.value)))))}
      />
    </div>
  );
}
