/** What an analysis says: which title, which files play what; and the button that imports it. */
import { useState } from 'react';
import { shownSize } from '../lib/size.ts';
import { Icon } from '../ui/icon.tsx';
import { Section } from '../ui/section.tsx';
import type { Analysis, Guess, Link } from './calls.ts';

interface Props {
  readonly analysis: Analysis;
  /** Titles that it may be of, the likeliest first. */
  readonly guesses: readonly Guess[];
  readonly isBusy: boolean;
  /** Of which it shall be. */
  readonly onChoose: (guess: Guess) => void;
  readonly onImport: () => void;
}

const LINKS_SHOWN = 30;
const KINDS: Readonly<Record<string, string>> = {
  torrent: 'Torrent',
  usenet: 'Usenet post',
  http: 'Video at an address',
  youtube: 'YouTube video',
  acestream: 'AceStream',
  external: 'Address that another app opens',
};

export function ResultSection({ analysis, guesses, isBusy, onChoose, onImport }: Props) {
  const { stream, title, links, unlinked, hidden, problem, is_sure: isSure } = analysis;
  const canImport = isSure && !isBusy;
  return (
    <Section
      id="result"
      title="What would be imported"
      lede={[
        KINDS[stream.kind] ?? stream.kind,
        stream.name,
        stream.size > 0 ? shownSize(stream.size) : '',
      ]
        .filter((part) => part !== '')
        .join(' · ')}
    >
      {guesses.length > 0 && (
        <Titles guesses={guesses} chosen={isSure ? title : null} onChoose={onChoose} />
      )}
      {problem !== null && (
        <p className="notice is-problem" role="alert">
          {problem}
        </p>
      )}
      {hidden !== null && (
        <div className="notice is-important">
          <p>
            <Icon name="alert" /> {hidden}
          </p>
        </div>
      )}
      {isSure && links.length > 0 && <Links links={links} />}
      {isSure && unlinked.length > 0 && (
        <p className="hint">
          {unlinked.length} videos play nothing that is known: {unlinked.slice(0, 5).join(', ')}
          {unlinked.length > 5 && ' …'}
        </p>
      )}
      <p>
        <button
          type="button"
          className="button primary"
          aria-disabled={!canImport}
          onClick={() => canImport && onImport()}
        >
          Import it
        </button>
      </p>
    </Section>
  );
}

interface TitlesProps {
  readonly guesses: readonly Guess[];
  /** What an import would take. */
  readonly chosen: Guess | null;
  readonly onChoose: (guess: Guess) => void;
}

function Titles({ guesses, chosen, onChoose }: TitlesProps) {
  // What was chosen is shown at once; that the server agrees comes later.
  const [picked, setPicked] = useState<string | null>(null);
  const current = picked ?? (chosen === null ? null : guessKey(chosen));
  return (
    <fieldset className="stack">
      <legend className="field-label">
        {current === null ? 'It is not sure which title it is: choose one' : 'Its title'}
      </legend>
      {guesses.map((guess) => (
        <label key={guessKey(guess)} className="check guess">
          <input
            type="radio"
            name="title-guess"
            checked={guessKey(guess) === current}
            onChange={() => {
              setPicked(guessKey(guess));
              onChoose(guess);
            }}
          />
          <span>
            {guess.name} {guess.year > 0 && `(${guess.year})`}{' '}
            <span className="tag is-muted">{guess.type === 'movie' ? 'film' : 'series'}</span>{' '}
            {guess.is_new && <span className="tag">new</span>}
            <span className="check-note">
              {Math.round(guess.confidence * 100)} % sure: {guess.reason}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Tells one guess from others. */
export function guessKey({ type, imdb, name, year }: Guess): string {
  return `${type} ${imdb} ${name} ${year}`;
}

function Links({ links }: { readonly links: readonly Link[] }) {
  return (
    <div className="part">
      <h3>What it plays</h3>
      <ul className="links">
        {links.slice(0, LINKS_SHOWN).map((link) => (
          <li key={`${link.season} ${link.episode} ${link.filename}`}>
            <strong>{placeOf(link)}</strong> {link.filename}{' '}
            {link.size > 0 && <span className="hint">{shownSize(link.size)}</span>}
          </li>
        ))}
      </ul>
      {links.length > LINKS_SHOWN && <p className="hint">and {links.length - LINKS_SHOWN} more</p>}
    </div>
  );
}

function placeOf({ season, episode, episode_to: to }: Link): string {
  if (season === 'all') return 'All seasons';
  if (episode === null) return `Season ${season}`;
  if (episode === 0 && season === 0) return 'The film';
  return `Season ${season}, episode ${episode}${to !== null && to !== episode ? `–${to}` : ''}`;
}
