/** What other features see of users' configurations. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { MediaflowProxy } from '../../lib/mediaflow/mediaflow-proxy.ts';
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import type { CatalogChoice } from '../../lib/user-config/user-config.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';
import type { PrivateMark } from '../../lib/user-config/private-mark.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';

/** What reading a configuration needs of the request that it came with. */
export interface ContextRequest {
  readonly signal: CancelSignal;
  /** Value of a header; empty when there is none. */
  header(lowerCaseName: string): string;
}

/** Header with the key that shows whoever sends it to be the owner of a stored profile. */
export const OWNER_KEY_HEADER = 'x-owner-key';

export function ownerKeyOf(request: Pick<ContextRequest, 'header'>): string {
  return request.header(OWNER_KEY_HEADER);
}

/** What the manifest says to one user. */
export interface ManifestSettings {
  /** Behind the add-on's name; empty when there is nothing to tell it by. */
  readonly nameSuffix: string;
  readonly enableCatalogs: boolean;
  /** In the order to show them; those that are not named follow, unless the list is empty and all are shown. */
  readonly catalogs: readonly CatalogChoice[];
  readonly metaForAllIds: boolean;
  /** What is played is kept, and shown as a catalogue; never outside of stored profiles. */
  readonly continueWatching: boolean;
  /** Services whose contents are catalogues. */
  readonly watchlists: readonly { readonly service: string; readonly label: string }[];
  /** Equal for settings that lead to the same bytes. */
  readonly key: string;
}

/**
 * A configuration, read and compiled. Of what is personal it holds the credentials of the user's own sources and services
 * alone: at most 42 and 5, in private members that neither a log nor JSON shows, and for nobody else's requests.
 */
export interface UserContext {
  readonly manifest: ManifestSettings;
  readonly list: ListSettings;
  readonly sources: OwnSources;
  readonly services: OwnServices;
  /** Of the stored profile that it is; empty for all others. */
  readonly profileId: string;
  /** Null for nearly everybody. */
  readonly privateMark: PrivateMark | null;
}

/** Told when something has changed that a stored profile's context says, beside the configuration. */
export interface ProfileNews {
  /** Heard here at once, in other processes within seconds. */
  changed(profileId: string): Promise<void>;
}

/** The configurations behind path segments (`S-…`, `U-…`, `D-…`). */
export interface UserContexts {
  /** Of requests without a configuration. */
  readonly anonymous: UserContext;
  /**
   * Synchronous unless a stored profile must be read.
   * @throws AppError `config.bad-token`, `config.wrong-password`, `profile.not-found`; also as the promise's rejection
   */
  resolve(segment: string, request: ContextRequest): UserContext | Promise<UserContext>;
  /**
   * The context of a configuration that is being edited.
   * @param existing the segment that its masked values were read from, or null
   * @throws AppError `config.invalid` naming every field that is wrong
   */
  draft(config: JsonValue, existing: string | null, request: ContextRequest): Promise<UserContext>;
  /** @throws AppError unless the request may see what this segment stands for: the owner's key, for profiles */
  authorizeOwner(segment: string, request: ContextRequest): Promise<void>;
  /**
   * The id of the stored profile that an address or a query names, with or without `U-`, for its owner.
   * @throws AppError `profile.not-found`, `profile.wrong-key`
   */
  ownedProfile(text: string, request: ContextRequest): Promise<string>;
}

/** What a test of a source says: `SourceReport` of the feature that searches them. */
export interface SourceTest {
  readonly isWorking: boolean;
  /** One line: what it is and offers, or what is wrong and what to do. Holds no credential. */
  readonly message: string;
}

/** Tries out sources while they are being set up. */
export interface SourceTests {
  /** Opens the source for this one test, of 10 s at most. Never rejects, except with the signal's reason. */
  test(settings: SourceSettings, signal: CancelSignal): Promise<SourceTest>;
}

/** Tries out MediaFlow proxies while they are being set up. */
export interface MediaflowTests {
  /** Never rejects, except with the signal's reason. */
  test(proxy: MediaflowProxy, signal: CancelSignal): Promise<SourceTest>;
}

/** Errors that mean "the address of this install is of no use". */
export const UNREADABLE_CODES: ReadonlySet<string> = new Set([
  'config.bad-token',
  'config.invalid',
  'config.wrong-password',
  'profile.not-found',
]);
