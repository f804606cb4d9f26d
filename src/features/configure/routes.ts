/** HTTP of configurations: sealing and reading install addresses, stored profiles, what the page offers. */
import { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import type { Method, Reply, Request, Route } from '../../http/route.ts';
import { AddressRate } from '../../lib/address-rate.ts';
import { AppError } from '../../lib/errors.ts';
import { compileTexts } from '../../lib/name-filter/name-filter.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import {
  CONFIG_BYTES_MAX,
  acceptUserConfig,
  readUserConfig,
} from '../../lib/user-config/user-config.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from './contract.ts';
import type { ConfigEditor } from './editor.ts';
import type { AddonIdentity } from '../addon/contract.ts';
import type { InstanceOffer } from './instance-offer.ts';
import { pageOptions } from './options.ts';
import { profileIdOf, type Profiles } from './profiles.ts';
import { PROFILE_PREFIX, segmentKind } from './tokens.ts';

export interface ConfigureRouteOptions {
  readonly identity: AddonIdentity;
  readonly instance: InstanceOffer;
  readonly profilesPerHourMax: number;
  /** Of previews and of everything else that compiles users' expressions. */
  readonly previews: AddressRate;
  /** Names of services that have a login by a code here. */
  readonly codeLogins: ReadonlySet<string>;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const NO_STORE = 'no-store';
const HOUR_MS = 3_600_000;
const NAMES_MAX = 200;
const NAME_CHARS_MAX = 300;

/** Rows of the route table for configurations, except the page itself (`page-routes.ts`). */
export function configureRoutes(
  editor: ConfigEditor,
  profiles: Profiles,
  options: ConfigureRouteOptions,
): readonly Route[] {
  const handlers = new ConfigureHandlers(editor, profiles, options);
  const row = (
    method: Method,
    pattern: string,
    name: string,
    handler: Route['handler'],
  ): Route => ({
    method,
    pattern,
    name,
    access: 'private',
    traffic: 'control',
    cachePolicy: NO_STORE,
    timeoutMs: options.timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER],
    handler,
    ...(method === 'POST' || method === 'PUT' ? { bodyBytesMax: CONFIG_BYTES_MAX } : {}),
  });
  return [
    row('GET', '/configure/options.json', 'configure-options', (request) =>
      handlers.options(request),
    ),
    row('POST', '/encrypt-user-data', 'encrypt-user-data', (request) => handlers.encrypt(request)),
    row('POST', '/encrypt-user-data/:existing', 'encrypt-user-data-again', (request) =>
      handlers.encrypt(request),
    ),
    row('GET', '/decrypt-user-data/:secret', 'decrypt-user-data', (request) =>
      handlers.decrypt(request),
    ),
    row('POST', '/profiles', 'profile-create', (request) => handlers.createProfile(request)),
    row('GET', '/profiles/:profile', 'profile-read', (request) => handlers.readProfile(request)),
    row('PUT', '/profiles/:profile', 'profile-update', (request) =>
      handlers.updateProfile(request),
    ),
    row('DELETE', '/profiles/:profile', 'profile-revoke', (request) =>
      handlers.revokeProfile(request),
    ),
    row('POST', '/preview/name-filter', 'preview-name-filter', (request) =>
      handlers.tryNameFilter(request),
    ),
  ];
}

class ConfigureHandlers {
  readonly #editor: ConfigEditor;
  readonly #profiles: Profiles;
  readonly #identity: AddonIdentity;
  readonly #instance: InstanceOffer;
  readonly #creations: AddressRate;
  readonly #previews: AddressRate;
  readonly #codeLogins: ReadonlySet<string>;

  constructor(editor: ConfigEditor, profiles: Profiles, options: ConfigureRouteOptions) {
    this.#editor = editor;
    this.#profiles = profiles;
    this.#identity = options.identity;
    this.#instance = options.instance;
    this.#creations = creationRate(options.profilesPerHourMax);
    this.#previews = options.previews;
    this.#codeLogins = options.codeLogins;
  }

  options(request: Request): Reply {
    const parts = {
      identity: this.#identity,
      instance: this.#instance,
      codeLogins: this.#codeLogins,
    };
    return reply(200, pageOptions(parts, request.baseUrl), 'no-cache');
  }

  /** As other servers answer it. */
  async encrypt(request: Request): Promise<Reply> {
    this.#previews.take(request.clientAddress);
    const existing = request.parameters[0] ?? null;
    const config = await this.#editor.accept(jsonObjectBody(request), existing, request);
    const encrypted = this.#editor.seal(config);
    return reply(200, { status: 'success', encrypted_str: encrypted, chars: encrypted.length });
  }

  async decrypt(request: Request): Promise<Reply> {
    const [segment = ''] = request.parameters;
    const config = await this.#editor.open(segment, request);
    return reply(200, {
      status: 'success',
      kind: segmentKind(segment),
      data: this.#editor.mask(config),
    });
  }

  async createProfile(request: Request): Promise<Reply> {
    this.#previews.take(request.clientAddress);
    const config = await this.#editor.accept(jsonObjectBody(request), existingOf(request), request);
    this.#creations.take(request.clientAddress);
    const { profileId, ownerKey } = await this.#profiles
      .create(config, request.signal)
      .catch((error: unknown) => {
        // Who hangs up may have been served all the same, and must not get around the limit by it.
        if (!request.signal.aborted) this.#creations.giveBack(request.clientAddress);
        throw error;
      });
    return reply(201, {
      status: 'success',
      profile: `${PROFILE_PREFIX}${profileId}`,
      owner_key: ownerKey,
    });
  }

  async readProfile(request: Request): Promise<Reply> {
    const profileId = profileParameter(request);
    const profile = await this.#profiles.findOwned(profileId, ownerKeyOf(request), request.signal);
    return reply(200, {
      status: 'success',
      data: this.#editor.mask(this.#profiles.open(profileId, profile)),
    });
  }

  async updateProfile(request: Request): Promise<Reply> {
    const profileId = profileParameter(request);
    const config = await this.#editor.accept(
      jsonObjectBody(request),
      `${PROFILE_PREFIX}${profileId}`,
      request,
    );
    await this.#profiles.update(profileId, ownerKeyOf(request), config, request.signal);
    return reply(200, { status: 'success' });
  }

  async revokeProfile(request: Request): Promise<Reply> {
    const profileId = profileParameter(request);
    const ownerKey = ownerKeyOf(request);
    await this.#profiles.findOwned(profileId, ownerKey, request.signal);
    await this.#profiles.revoke(profileId, ownerKey, request.signal);
    return reply(200, { status: 'success' });
  }

  async tryNameFilter(request: Request): Promise<Reply> {
    this.#previews.take(request.clientAddress);
    const { names, ...filter } = jsonObjectBody(request);
    const texts = namesOf(names);
    const config = acceptUserConfig(filter);
    const { nameFilter } = readUserConfig(config).ranking;
    if (nameFilter === null)
      return reply(200, { results: texts.map((name) => ({ name, matches: false, kept: true })) });
    const matches = nameFilter.regex
      ? await this.#matchExpressions(nameFilter.patterns, texts, request.signal)
      : texts.map(compileTexts(nameFilter.patterns));
    const isKept = (isMatch: boolean) => isMatch === (nameFilter.mode === 'include');
    return reply(200, {
      results: texts.map((name, index) => ({
        name,
        matches: matches[index] === true,
        kept: isKept(matches[index] === true),
      })),
    });
  }

  async #matchExpressions(
    patterns: readonly string[],
    names: readonly string[],
    signal: CancelSignal,
  ): Promise<boolean[]> {
    const { problems, matches } = await this.#editor.testExpressions(patterns, names, signal);
    const errors = problems.flatMap((message, index) =>
      message === null ? [] : [{ field: `snfp[${index}]`, message }],
    );
    const [first] = errors;
    if (first !== undefined) {
      throw new AppError('config.invalid', `${first.field}: ${first.message}`, {
        field: first.field,
        problems: errors,
      });
    }
    return [...matches].map((match) => match === 1);
  }
}

/** The table is open to everybody, and must not be filled by one. */
function creationRate(perHourMax: number): AddressRate {
  return new AddressRate({
    max: perHourMax,
    windowMs: HOUR_MS,
    code: 'profile.too-many',
    message: `an address may store ${perHourMax} profiles an hour: edit one, or try later`,
  });
}

/** A new profile may take over what an install has: its masked values come along. */
function existingOf(request: Request): string | null {
  const match = /(?:^|&)existing=([^&]+)/.exec(request.query);
  return match?.[1] ?? null;
}

function profileParameter(request: Request): string {
  const [text = ''] = request.parameters;
  return profileIdOf(text.startsWith(PROFILE_PREFIX) ? text.slice(PROFILE_PREFIX.length) : text);
}

function namesOf(value: JsonValue | undefined): readonly string[] {
  const isNames =
    Array.isArray(value) &&
    value.length <= NAMES_MAX &&
    (value as readonly JsonValue[]).every(
      (name) => typeof name === 'string' && name.length <= NAME_CHARS_MAX,
    );
  if (isNames) return value as readonly string[];
  throw new AppError(
    'request.bad-body',
    `expected names: at most ${NAMES_MAX} texts of at most ${NAME_CHARS_MAX} characters`,
    {
      field: 'names',
    },
  );
}

function reply(status: number, body: object, cacheControl = NO_STORE): Reply {
  return { ...jsonReply(Buffer.from(JSON.stringify(body)), cacheControl), status };
}
