/** The server's endpoints, one function each. */
import type { JsonObject } from '../lib/json.ts';
import type { Source } from '../lib/editor-state.ts';
import { api } from './http.ts';
import type {
  CreatedProfile,
  LoginPoll,
  LoginStart,
  Meta,
  NameResult,
  Opened,
  PageOptions,
  Preview,
  PreviewTitle,
  Sealed,
  TestResult,
} from './contract.ts';

export function fetchOptions(signal: AbortSignal): Promise<PageOptions> {
  return api('/configure/options.json', { signal });
}

/** @param ownerKey of a stored profile */
export async function openSecret(
  secret: string,
  ownerKey: string | null,
  signal?: AbortSignal,
): Promise<Opened> {
  return api(`/decrypt-user-data/${encodeURIComponent(secret)}`, {
    ...(ownerKey === null ? {} : { ownerKey }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The install token of a configuration; its masked values are those of `source`. */
export function seal(
  config: JsonObject,
  source: Source | null,
  signal: AbortSignal,
): Promise<Sealed> {
  const existing = source === null ? '' : `/${encodeURIComponent(source.secret)}`;
  return api(`/encrypt-user-data${existing}`, {
    method: 'POST',
    body: config,
    signal,
    ...keyOf(source),
  });
}

export function fetchPreview(
  config: JsonObject,
  source: Source | null,
  title: PreviewTitle,
  signal: AbortSignal,
): Promise<Preview> {
  return api('/preview', {
    method: 'POST',
    body: { config, existing: source?.secret ?? null, ...title },
    signal,
    ...keyOf(source),
  });
}

/** @param ic one source of the user's own, as `ic` of a configuration holds it */
export function testSource(ic: JsonObject, source: Source | null): Promise<TestResult> {
  return api('/configure/test-source', {
    method: 'POST',
    body: { ic, existing: source?.secret ?? null },
    ...keyOf(source),
  });
}

/** @param mfc as a configuration holds it */
export function testMediaflow(mfc: JsonObject, source: Source | null): Promise<TestResult> {
  return api('/configure/test-mediaflow', {
    method: 'POST',
    body: { mfc, existing: source?.secret ?? null },
    ...keyOf(source),
  });
}

/** @param config with one service, and the MediaFlow proxy that it may play through */
export function testService(config: JsonObject, source: Source | null): Promise<TestResult> {
  return api('/configure/test-service', {
    method: 'POST',
    body: { ...config, existing: source?.secret ?? null },
    ...keyOf(source),
  });
}

/** @param service name of one that has a login by a code */
export function startCodeLogin(service: string, signal: AbortSignal): Promise<LoginStart> {
  return api('/configure/device-login', { method: 'POST', body: { service }, signal });
}

export function pollCodeLogin(
  service: string,
  deviceCode: string,
  signal: AbortSignal,
): Promise<LoginPoll> {
  const body = { service, device_code: deviceCode };
  return api('/configure/device-login/poll', { method: 'POST', body, signal });
}

export async function tryNameFilter(
  filter: JsonObject,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly NameResult[]> {
  const { results } = await api<{ readonly results: readonly NameResult[] }>(
    '/preview/name-filter',
    { method: 'POST', body: { ...filter, names }, signal },
  );
  return results;
}

export async function searchTitles(
  type: string,
  text: string,
  signal: AbortSignal,
): Promise<readonly Meta[]> {
  const { metas } = await api<{ readonly metas: readonly Meta[] }>(
    `/catalog/${type}/search/search=${encodeURIComponent(text)}.json`,
    { signal },
  );
  return metas;
}

/** The first page of a catalogue. */
export async function listTitles(
  type: string,
  catalog: string,
  signal: AbortSignal,
): Promise<readonly Meta[]> {
  const { metas } = await api<{ readonly metas: readonly Meta[] }>(
    `/catalog/${type}/${catalog}.json`,
    { signal },
  );
  return metas;
}

export function createProfile(config: JsonObject, source: Source | null): Promise<CreatedProfile> {
  const existing = source === null ? '' : `?existing=${encodeURIComponent(source.secret)}`;
  return api(`/profiles${existing}`, { method: 'POST', body: config, ...keyOf(source) });
}

export function updateProfile(
  profile: string,
  ownerKey: string,
  config: JsonObject,
): Promise<unknown> {
  return api(profilePath(profile), { method: 'PUT', body: config, ownerKey });
}

export function revokeProfile(profile: string, ownerKey: string): Promise<unknown> {
  return api(profilePath(profile), { method: 'DELETE', ownerKey });
}

function keyOf(source: Source | null): { readonly ownerKey?: string } {
  return source?.ownerKey === undefined ? {} : { ownerKey: source.ownerKey };
}

function profilePath(profile: string): string {
  return `/profiles/${encodeURIComponent(profile.replace(/^U-/, ''))}`;
}
