/** What the page asks the server while it is edited: debounced, cancelled when overtaken, retried when told to wait. */
import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { configToSend } from '../lib/config.ts';
import type { JsonObject } from '../lib/json.ts';
import { useEditor } from '../state/editor-store.ts';
import { keepInstancePassword } from '../state/instance-password.ts';
import { useOptions } from '../state/page-context.ts';
import { useDebounced } from '../state/use-debounced.ts';
import {
  fetchOptions,
  fetchPreview,
  listTitles,
  seal,
  searchTitles,
  tryNameFilter,
} from './calls.ts';
import type { Catalog, PreviewTitle } from './contract.ts';
import { ApiError } from './http.ts';

const EDIT_PAUSE_MS = 300;
const RETRIES_MAX = 2;
const KEPT_MS = 60_000;
const NO_NAMES: readonly string[] = [];

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      gcTime: KEPT_MS,
      staleTime: KEPT_MS,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < RETRIES_MAX && isTemporary(error),
      retryDelay: (count, error) =>
        (error instanceof ApiError && error.retryAfterSeconds !== null
          ? error.retryAfterSeconds
          : 2 ** count) * 1000,
    },
  },
});

function isTemporary(error: Error): boolean {
  return (
    error instanceof ApiError &&
    (error.status === 0 || error.status === 429 || error.status === 503) &&
    error.code !== 'access.locked'
  );
}

const OPTIONS_KEY = ['options'];
const UNLOCK_TIMEOUT_MS = 15_000;

/** Opens the page of a private server for this tab. @throws ApiError when that is not the password */
export async function unlock(password: string): Promise<void> {
  keepInstancePassword(password);
  try {
    const options = await fetchOptions(AbortSignal.timeout(UNLOCK_TIMEOUT_MS));
    queryClient.setQueryData(OPTIONS_KEY, options);
  } catch (error) {
    keepInstancePassword(null);
    throw error;
  }
}

export function usePageOptions() {
  return useQuery({
    queryKey: OPTIONS_KEY,
    queryFn: ({ signal }) => fetchOptions(signal),
    staleTime: Infinity,
    gcTime: Infinity,
  });
}

/** The configuration as it is sent, once the user pauses; `isSettled` when that is the one in the editor. */
export function useSentConfig(): { readonly config: JsonObject; readonly isSettled: boolean } {
  const { defaults } = useOptions();
  const edited = useEditor(({ config }) => config);
  const config = useDebounced(edited, EDIT_PAUSE_MS);
  return {
    config: useMemo(() => configToSend(config, defaults), [config, defaults]),
    isSettled: config === edited,
  };
}

/** The install token, and so the check of every field and the size of the address. */
export function useSealed() {
  const { config, isSettled } = useSentConfig();
  const source = useEditor((state) => state.source);
  const query = useQuery({
    queryKey: ['seal', config, source?.secret],
    queryFn: ({ signal }) => seal(config, source, signal),
    placeholderData: keepPreviousData,
  });
  return { ...query, isCurrent: isSettled && query.isSuccess && !query.isPlaceholderData };
}

export function usePreview(title: PreviewTitle) {
  const { config } = useSentConfig();
  const source = useEditor((state) => state.source);
  return useQuery({
    queryKey: ['preview', config, source?.secret, title.type, title.id],
    queryFn: ({ signal }) => fetchPreview(config, source, title, signal),
    placeholderData: keepPreviousData,
  });
}

/** Releases of the built-in samples: names to try filters on. */
export function useSampleNames(): readonly string[] {
  const { data } = useQuery({
    queryKey: ['sample-names'],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const { streams, dropped } = await fetchPreview({}, null, { type: null, id: null }, signal);
      return [...streams, ...dropped].map(({ release }) => release).toSorted();
    },
  });
  return data ?? NO_NAMES;
}

export function useNameResults(filter: JsonObject, names: readonly string[]) {
  const asked = useDebounced(JSON.stringify([filter, names]), EDIT_PAUSE_MS);
  return useQuery({
    queryKey: ['names', asked],
    queryFn: ({ signal }) => {
      const [sent, list]: [JsonObject, string[]] = JSON.parse(asked);
      return tryNameFilter(sent, list, signal);
    },
    enabled: names.length > 0,
    placeholderData: keepPreviousData,
  });
}

/** Titles of this name; without a name, those of the first catalogue. */
export function useTitleSearch(type: string, text: string) {
  const { catalogs } = useOptions();
  const asked = useDebounced(text.trim(), EDIT_PAUSE_MS);
  const first = catalogs.find((catalog) => catalog.type === type && catalog.defaultSort !== null);
  const query = useQuery({
    queryKey: ['titles', type, asked],
    queryFn: ({ signal }) =>
      asked === '' ? listTitles(type, catalogOf(first), signal) : searchTitles(type, asked, signal),
    enabled: asked !== '' || first !== undefined,
    placeholderData: keepPreviousData,
  });
  return {
    ...query,
    isCurrent: asked === text.trim() && query.isSuccess && !query.isPlaceholderData,
  };
}

/** `movie.latest` is `latest` of its type. */
function catalogOf(catalog: Catalog | undefined): string {
  return catalog?.id.slice(catalog.id.indexOf('.') + 1) ?? '';
}
