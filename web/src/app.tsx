/** The page: its frame, what it waits for, and its sections. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { Fragment, useMemo, useRef, type ReactNode } from 'react';
import type { PageOptions } from './api/contract.ts';
import { ApiError } from './api/http.ts';
import { usePageOptions, useSealed } from './api/queries.ts';
import { pageLocation } from './lib/install-link.ts';
import { missingCredentials, type FieldProblem } from './lib/providers.ts';
import { Navigation } from './navigation.tsx';
import { Advanced } from './sections/advanced.tsx';
import { Catalogues } from './sections/catalogues.tsx';
import { Filters } from './sections/filters.tsx';
import { Install } from './sections/install.tsx';
import { Languages } from './sections/languages.tsx';
import { NameFilter } from './sections/name-filter.tsx';
import { OwnerKeyForm } from './sections/owner-key-form.tsx';
import { needsPassword, PasswordGate } from './sections/password-gate.tsx';
import { Presentation } from './sections/presentation.tsx';
import { Presets } from './sections/presets.tsx';
import { Preview } from './sections/preview.tsx';
import { Providers } from './sections/providers.tsx';
import { SettingsFile } from './sections/settings-file.tsx';
import { SortOrder } from './sections/sort-order.tsx';
import { StreamTypes } from './sections/stream-types.tsx';
import { useDraft } from './state/draft.ts';
import { useEditor } from './state/editor-store.ts';
import { needsOwnerKey } from './state/load-secret.ts';
import { openPage } from './state/open-page.ts';
import { OptionsContext, ProblemsContext } from './state/page-context.ts';
import { startOver } from './state/start-over.ts';
import { Failure, Frame } from './ui/frame.tsx';
import { Icon } from './ui/icon.tsx';

const NO_PROBLEMS: readonly FieldProblem[] = [];

const CONFIGURE = {
  title: 'Configure',
  skipTo: 'the settings',
  action: (
    <a className="button primary" href="#install">
      Install
    </a>
  ),
};

export function App() {
  const options = usePageOptions();
  const { secret } = useMemo(() => pageLocation(location.pathname), []);
  const loaded = useQuery({
    queryKey: ['load', secret],
    staleTime: Infinity,
    gcTime: Infinity,
    enabled: options.data !== undefined,
    queryFn: async ({ signal }) => {
      if (options.data === undefined) return false;
      await openPage(secret, options.data.textPaths, signal);
      return true;
    },
  });
  if (options.error !== null) {
    return (
      <Frame {...CONFIGURE} name="Sluice">
        {needsPassword(options.error) ? (
          <PasswordGate />
        ) : (
          <Failure
            title="The settings cannot be shown"
            error={options.error}
            onRetry={() => void options.refetch()}
          />
        )}
      </Frame>
    );
  }
  if (options.data === undefined || loaded.isLoading) {
    return (
      <Frame {...CONFIGURE} name="Sluice">
        <main id="main" className="single">
          <p role="status" className="hint">
            Loading…
          </p>
        </main>
      </Frame>
    );
  }
  return (
    <OptionsContext value={options.data}>
      <Problems>
        <Frame {...CONFIGURE} {...options.data.addon}>
          <Editor options={options.data} secret={secret} loadProblem={loaded.error} />
        </Frame>
      </Problems>
    </OptionsContext>
  );
}

/** What the last check found, and the credentials that are still missing. */
function Problems({ children }: { readonly children: ReactNode }) {
  const problemsFound = useProblemsFound();
  const { data: options } = usePageOptions();
  const config = useEditor((state) => state.config);
  const unreadable = useEditor((state) => state.unreadable);
  const problems = useMemo(
    () => [
      ...[...unreadable].map(([field, message]) => ({ field, message })),
      ...problemsFound,
      ...missingCredentials(config, options?.providers ?? []),
    ],
    [problemsFound, unreadable, config, options],
  );
  return <ProblemsContext value={problems}>{children}</ProblemsContext>;
}

/** Those of the last finished check: they do not flicker while the next one is under way. */
function useProblemsFound(): readonly FieldProblem[] {
  const { error, isFetching } = useSealed();
  const last = useRef<readonly FieldProblem[]>(NO_PROBLEMS);
  if (!isFetching) last.current = error instanceof ApiError ? error.problems : NO_PROBLEMS;
  return last.current;
}

interface EditorProps {
  readonly options: PageOptions;
  /** In the page's address. */
  readonly secret: string | null;
  readonly loadProblem: Error | null;
}

function Editor({ options, secret, loadProblem }: EditorProps) {
  const isLoaded = useEditor(({ source, restored }) => source !== null && restored === null);
  const isBegun = useEditor(({ loads }) => loads > 0);
  return (
    <div className="layout">
      <Navigation />
      <main id="main" className="main" tabIndex={-1}>
        <header className="intro">
          <h1>Configure {options.addon.name}</h1>
          <p className="lede">{options.addon.description}</p>
          {isLoaded && (
            <p className="notice" role="status">
              Your settings are loaded. Stored secrets stay as they are until you replace them.
            </p>
          )}
          <RestoredNotice />
          {!isBegun && secret !== null && loadProblem !== null && (
            <LoadProblem secret={secret} problem={loadProblem} />
          )}
        </header>
        <Sections />
      </main>
    </div>
  );
}

function LoadProblem({ secret, problem }: { readonly secret: string; readonly problem: Error }) {
  if (needsOwnerKey(problem))
    return (
      <div className="notice">
        <OwnerKeyForm profile={secret} />
      </div>
    );
  return (
    <p className="notice is-problem" role="alert">
      These settings cannot be loaded: {problem.message.replace(/\.$/, '')}. You begin with the
      defaults.
    </p>
  );
}

/** Remounted with each load: nothing of what was typed before remains. */
/** After a reload: what was edited is there again. */
function RestoredNotice() {
  const restored = useEditor((state) => state.restored);
  const restart = useMutation({ mutationFn: startOver });
  if (restored === null) return null;
  return (
    <div className="notice" role="status">
      <p>
        What you were editing in this tab is here again.
        {restored.lost > 0 && ` ${lostText(restored.lost)}`}
      </p>
      <p>
        <button type="button" className="button" onClick={() => restart.mutate()}>
          <Icon name="undo" />
          Discard it and start over
        </button>
      </p>
      {restart.isError && (
        <p className="problem" role="alert">
          {restart.error.message}
        </p>
      )}
    </div>
  );
}

function lostText(count: number): string {
  return count === 1
    ? 'One credential was not kept: type it again.'
    : `${count} credentials were not kept: type them again.`;
}

/** Remounted with each load or replacement: nothing of what was typed before remains. */
function Sections() {
  const revision = useEditor((state) => state.revision);
  const loads = useEditor((state) => state.loads);
  useDraft();
  return (
    <>
      <div className="editor">
        <Presets />
        <Fragment key={revision}>
          <Providers />
          <Catalogues />
          <Filters />
          <SortOrder />
          <Languages />
          <StreamTypes />
          <NameFilter />
          <Presentation />
          <Advanced />
        </Fragment>
      </div>
      <div className="beside">
        <Preview key={loads} />
      </div>
      <div className="last">
        <Install key={loads} />
        <SettingsFile />
      </div>
    </>
  );
}
