/** Chooses the title of the preview: samples, or one found in the catalogue, with season and episode for series. */
import { useState } from 'react';
import type { Meta } from '../api/contract.ts';
import { useTitleSearch } from '../api/queries.ts';
import { Combobox, type Suggestion } from '../ui/combobox.tsx';
import { Segmented } from '../ui/segmented.tsx';
import type { PickedTitle } from './preview.tsx';

interface Props {
  readonly onPick: (title: PickedTitle) => void;
  /** Another source was chosen, and no title of it yet. */
  readonly onNone: () => void;
  readonly onSamples: () => void;
}

interface Place {
  readonly season: number;
  readonly episode: number;
}

type MediaType = 'movie' | 'series';

const TYPES = [
  { value: 'samples', label: 'Samples' },
  { value: 'movie', label: 'A film' },
  { value: 'series', label: 'A series' },
];
const EPISODE_MAX = 9999;
const SUGGESTIONS_MAX = 12;

export function TitlePicker({ onPick, onNone, onSamples }: Props) {
  const [source, setSource] = useState('samples');
  const choose = (value: string) => {
    setSource(value);
    if (value === 'samples') onSamples();
    else onNone();
  };
  return (
    <div className="title-picker">
      <Segmented
        id="preview-source"
        label="Preview of"
        choices={TYPES}
        value={source}
        onChange={choose}
      />
      {source !== 'samples' && (
        <Search key={source} type={source === 'series' ? 'series' : 'movie'} onPick={onPick} />
      )}
    </div>
  );
}

interface SearchProps {
  readonly type: MediaType;
  readonly onPick: (title: PickedTitle) => void;
}

function Search({ type, onPick }: SearchProps) {
  const [text, setText] = useState('');
  const [picked, setPicked] = useState<Suggestion | null>(null);
  const [place, setPlace] = useState<Place>({ season: 1, episode: 1 });
  const {
    data: found,
    error,
    isCurrent,
  } = useTitleSearch(type, picked?.label === text ? '' : text);
  const suggestions = (found ?? []).slice(0, SUGGESTIONS_MAX).map(suggestionOf);
  const show = ({ id, label }: Suggestion, { season, episode }: Place) =>
    onPick({ type, name: label, id: type === 'series' ? `${id}:${season}:${episode}` : id });
  const pick = (suggestion: Suggestion) => {
    setPicked(suggestion);
    setText(suggestion.label);
    show(suggestion, place);
  };
  const change = (next: Place) => {
    setPlace(next);
    if (picked !== null) show(picked, next);
  };
  return (
    <>
      <Combobox
        id="title-search"
        label={type === 'series' ? 'Series' : 'Film'}
        placeholder="Type a title, or press ↓ for some"
        text={text}
        suggestions={suggestions}
        isCurrent={isCurrent}
        onText={setText}
        onPick={pick}
        status={
          error !== null
            ? error.message
            : statusText(text, picked, isCurrent ? found?.length : undefined)
        }
      />
      {type === 'series' && (
        <div className="fields two">
          <Count
            id="preview-season"
            label="Season"
            value={place.season}
            onChange={(season) => change({ ...place, season })}
          />
          <Count
            id="preview-episode"
            label="Episode"
            value={place.episode}
            onChange={(episode) => change({ ...place, episode })}
          />
        </div>
      )}
    </>
  );
}

function suggestionOf({ id, name, releaseInfo }: Meta): Suggestion {
  return { id, label: releaseInfo === undefined ? name : `${name} (${releaseInfo})` };
}

function statusText(text: string, picked: Suggestion | null, count: number | undefined): string {
  if (picked !== null && picked.label === text) return '';
  if (count === undefined) return 'Searching…';
  if (text.trim() === '') return `${count} of the catalogue: arrow keys choose, Enter takes one.`;
  return count === 0
    ? 'No title of this name in the catalogue.'
    : `${count} found: arrow keys choose, Enter takes one.`;
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
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className="input"
        type="number"
        min={0}
        max={EPISODE_MAX}
        value={value}
        onChange={({ target }) =>
          onChange(Math.max(0, Math.min(EPISODE_MAX, Math.trunc(Number(target.value)))))
        }
      />
    </div>
  );
}
