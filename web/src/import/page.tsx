/** The page that imports: who gets it, what it is, what would be linked, and how far it is. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import type { PageOptions } from '../api/contract.ts';
import { usePageOptions } from '../api/queries.ts';
import { pageLocation } from '../lib/install-link.ts';
import { needsPassword, PasswordGate } from '../sections/password-gate.tsx';
import { changeThenFocus } from '../state/focus.ts';
import { Failure, Frame } from '../ui/frame.tsx';
import { Icon } from '../ui/icon.tsx';
import { AudienceSection, firstAudience } from './audience.tsx';
import { BROUGHT, BroughtSection } from './brought.tsx';
import {
  analyse,
  importLines,
  importOne,
  type Analysis,
  type Asked,
  type Audience,
  type Guess,
  type TitleSaid,
} from './calls.ts';
import { ContentSection } from './content.tsx';
import { JobProgress } from './job-progress.tsx';
import { guessKey, ResultSection } from './result.tsx';
import '../styles/import.css';

export function ImportPage() {
  const { data: options, error, refetch } = usePageOptions();
  const frame = { title: 'Import', skipTo: 'the import', action: <ConfigureLink /> };
  if (error !== null)
    return (
      <Frame {...frame} name="Sluice">
        {needsPassword(error) ? (
          <PasswordGate />
        ) : (
          <Failure title="The page cannot be shown" error={error} onRetry={() => void refetch()} />
        )}
      </Frame>
    );
  if (options === undefined) return null;
  return (
    <Frame {...frame} {...options.addon}>
      <Import options={options} />
    </Frame>
  );
}

function ConfigureLink() {
  const { basePath, secret } = pageLocation(location.pathname);
  const path = secret === null ? basePath : `${basePath}/${secret}`;
  return (
    <a className="button" href={`${path}/configure`}>
      Configure
    </a>
  );
}

function Import({ options }: { readonly options: PageOptions }) {
  const client = useQueryClient();
  const usersMay = options.imports !== 'off';
  const [audience, setAudience] = useState<Audience | null>(() => firstAudience(usersMay));
  const [asked, setAsked] = useState<Asked | null>(null);
  const [result, setResult] = useState<Result | null>(null);
  const refreshBrought = useCallback(() => {
    void client.invalidateQueries({ queryKey: BROUGHT });
  }, [client]);
  const look = useMutation({
    mutationFn: ({ wanted }: Look) => analyse(known(audience), wanted),
    onSuccess: (analysis, { guesses }) => {
      const { title, alternatives } = analysis;
      if (guesses !== null)
        return setResult({ analysis, guesses: guesses.map((one) => sameGuess(one, title)) });
      return changeThenFocus(
        () => setResult({ analysis, guesses: title === null ? [] : [title, ...alternatives] }),
        () => document.getElementById('result'),
      );
    },
  });
  const bring = useMutation({
    mutationFn: () => importOne(known(audience), asked ?? {}),
    onSuccess: () => {
      setResult(null);
      refreshBrought();
    },
  });
  const lines = useMutation({ mutationFn: (file: File) => importLines(known(audience), file) });
  const isBusy = look.isPending || bring.isPending || lines.isPending;
  const start = (next: Look) => {
    setAsked(next.wanted);
    lines.reset();
    bring.reset();
    look.mutate(next);
  };
  const choose = (guess: Guess) =>
    start({ wanted: { ...asked, title: saidOf(guess) }, guesses: result?.guesses ?? [] });
  const problem = look.error ?? bring.error ?? lines.error;
  return (
    <main id="main" className="import" tabIndex={-1}>
      <header className="intro">
        <h1>Import streams</h1>
        <p className="lede">Bring your own into the lists of {options.addon.name}.</p>
      </header>
      <AudienceSection usersMay={usersMay} onChange={setAudience} />
      <ContentSection
        canBePublic={options.imports === 'public' && audience?.kind === 'profile'}
        isBusy={isBusy || audience === null}
        onAnalyse={(wanted) => {
          setResult(null);
          start({ wanted, guesses: null });
        }}
        onLines={(file) => {
          setResult(null);
          bring.reset();
          lines.mutate(file);
        }}
      />
      <p role="status" className="hint">
        {audience === null && 'Say who gets it first.'}
        {look.isPending && 'Looking at it…'}
        {bring.isPending && 'Importing…'}
        {lines.isPending && 'Sending the file…'}
      </p>
      {problem !== null && (
        <p className="notice is-problem" role="alert">
          {problem.message}
        </p>
      )}
      {bring.isSuccess && (
        <div className="notice is-good" role="status">
          <p>
            <Icon name="check" /> {doneText(bring.data, audience)}
          </p>
        </div>
      )}
      {result !== null && (
        <ResultSection
          {...result}
          isBusy={isBusy}
          onChoose={choose}
          onImport={() => bring.mutate()}
        />
      )}
      {lines.data !== undefined && audience !== null && (
        <JobProgress
          key={lines.data.job}
          audience={audience}
          id={lines.data.job}
          onOver={refreshBrought}
        />
      )}
      {audience?.kind === 'profile' && (
        <BroughtSection key={audience.profile} audience={audience} />
      )}
    </main>
  );
}

interface Result {
  readonly analysis: Analysis;
  readonly guesses: readonly Guess[];
}

interface Look {
  readonly wanted: Asked;
  /** What may be chosen from already; null: what the analysis says. */
  readonly guesses: readonly Guess[] | null;
}

function saidOf({ type, imdb, tmdb, name, year }: Guess): TitleSaid {
  if (imdb !== '') return { type, imdb };
  if (tmdb !== '') return { type, tmdb };
  return { type, name, ...(year > 0 && { year: String(year) }) };
}

/** What is known of a guess now that it was chosen. */
function sameGuess(guess: Guess, chosen: Guess | null): Guess {
  return chosen !== null && guessKey(guess) === guessKey(chosen) ? chosen : guess;
}

function doneText(
  { title }: Awaited<ReturnType<typeof importOne>>,
  audience: Audience | null,
): string {
  const name = title === null ? 'it' : `${title.name}${title.year > 0 ? ` (${title.year})` : ''}`;
  const who = audience?.kind === 'profile' ? 'lists of your profile' : 'lists of everybody';
  return `Imported: ${name} has it now, in the ${who}.`;
}

/** Buttons that need one are out of use until it is known. */
function known(audience: Audience | null): Audience {
  if (audience === null) throw new Error('Say who gets it first.');
  return audience;
}
