/** Shapes of what the server answers to the page. */
import type { JsonObject } from '../lib/json.ts';
import type { TextPaths } from '../lib/credentials.ts';
import type { PresetGroup } from '../lib/presets.ts';
import type { ServiceSpec } from '../lib/providers.ts';

export interface Choice {
  readonly value: string | null;
  readonly label: string;
}

export interface StreamType extends Choice {
  readonly available: boolean;
}

export interface QualityGroup extends Choice {
  readonly members: readonly string[];
}

export interface Provider extends ServiceSpec {
  readonly label: string;
  readonly kind: 'debrid' | 'usenet' | 'p2p' | 'client';
  readonly signUpUrl?: string | null;
  /** It gives a token to whoever confirms a code on its page. */
  readonly codeLogin: boolean;
  /** Switches of the entry that make sense for it. */
  readonly options: readonly string[];
}

export interface Catalog {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly sorts: readonly string[];
  readonly defaultSort: string | null;
}

export interface SortKey {
  readonly key: string;
  readonly label: string;
  readonly directions: { readonly desc: string; readonly asc: string };
  readonly note: string | null;
}

/** `GET /configure/options.json` */
export interface PageOptions {
  readonly addon: {
    readonly name: string;
    readonly version: string;
    readonly description: string;
    readonly baseUrl: string;
  };
  readonly limits: {
    readonly tokenCharsMax: number;
    readonly providersMax: number;
    readonly patternsMax: number;
    readonly patternCharsMax: number;
    readonly templateCharsMax: number;
    readonly streamsMax: number;
    readonly nameSuffixCharsMax?: number;
  };
  readonly profiles: boolean;
  /** What this server can do, by name. */
  readonly capabilities: Readonly<Record<string, boolean>>;
  readonly providers: readonly Provider[];
  readonly catalogs: readonly Catalog[];
  readonly resolutions: readonly Choice[];
  readonly qualityGroups: readonly QualityGroup[];
  readonly hdrFormats: readonly Choice[];
  readonly codecs: readonly Choice[];
  readonly audioFormats: readonly Choice[];
  readonly channels: readonly Choice[];
  readonly languages: readonly Choice[];
  readonly nudity: readonly Choice[];
  readonly certificates: readonly Choice[];
  readonly sortKeys: readonly SortKey[];
  readonly streamTypes: readonly StreamType[];
  /** What leaves streams out, in words. */
  readonly dropRules: Readonly<Record<string, string>>;
  /** Which texts of a configuration are no credentials. */
  readonly textPaths: TextPaths;
  readonly presets: readonly PresetGroup[];
  readonly template: { readonly t: string; readonly d: string };
  readonly templateVariables: readonly {
    readonly path: string;
    readonly example: string;
    readonly description: string;
  }[];
  readonly templateModifiers: readonly { readonly name: string; readonly description: string }[];
  readonly defaults: JsonObject;
  readonly sources: {
    /** Kinds of the server's own sources, one entry for each source. */
    readonly shared: readonly string[];
    /** What users have who chose nothing. */
    readonly liveSearch: boolean;
    readonly deadlineMs: number;
  };
  /** What owners of stored profiles may import. */
  readonly imports: 'off' | 'private' | 'public';
}

export interface PreviewStream {
  readonly rank: number;
  readonly streamId: number;
  readonly name: string;
  readonly description: string;
  readonly release: string;
  readonly filename: string;
  readonly sizeBytes: number;
  readonly kind: string;
}

/** `POST /preview` */
export interface Preview {
  readonly title: string;
  readonly total: number;
  readonly shown: number;
  readonly streams: readonly PreviewStream[];
  readonly dropped: readonly {
    readonly release: string;
    readonly rule: string;
    readonly detail: string;
  }[];
  readonly droppedByRule: Readonly<Record<string, number>>;
  readonly notice: { readonly name: string; readonly description: string } | null;
}

/** A title to preview; null id: the built-in samples. */
export interface PreviewTitle {
  readonly type: 'movie' | 'series' | null;
  readonly id: string | null;
}

export interface NameResult {
  readonly name: string;
  readonly matches: boolean;
  readonly kept: boolean;
}

/** `POST /configure/test-source`, `POST /configure/test-service` */
export interface TestResult {
  readonly working: boolean;
  /** What it is, or what is wrong, in words. */
  readonly message: string;
}

interface LoginFailure {
  readonly state: 'failed';
  readonly message: string;
}

/** What the user enters where, and how often it may be asked whether that was done. */
export interface LoginCode {
  readonly state: 'waiting';
  readonly user_code: string;
  readonly verify_url: string;
  readonly device_code: string;
  readonly expires_in_s: number;
  readonly poll_every_s: number;
}

/** `POST /configure/device-login` */
export type LoginStart = LoginCode | LoginFailure;

/** `POST /configure/device-login/poll` */
export type LoginPoll =
  | { readonly state: 'waiting' }
  | { readonly state: 'done'; readonly token: string }
  | LoginFailure;

export interface Meta {
  readonly id: string;
  readonly name: string;
  readonly releaseInfo?: string;
}

export interface Sealed {
  readonly encrypted_str: string;
  readonly chars: number;
}

export interface Opened {
  readonly data: JsonObject;
  readonly kind: 'token' | 'profile' | 'legacy';
}

export interface CreatedProfile {
  readonly profile: string;
  readonly owner_key: string;
}
