/** The door of users' configurations: the page, stored profiles, and what a path segment stands for. */
import type { Route } from '../../http/route.ts';
import { AddressRate } from '../../lib/address-rate.ts';
import type { ErrorCode } from '../../lib/errors.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { SERVICES } from '../../lib/user-config/services.ts';
import { packagePath } from '../../platform/config/package-root.ts';
import type { Platform } from '../../platform/platform.ts';
import type { InstanceAccess } from '../access/contract.ts';
import type { AddonIdentity } from '../addon/contract.ts';
import type { DebridServices } from '../debrid/contract.ts';
import type { Feature } from '../feature.ts';
import type { PlaybackAccounts } from '../playback/contract.ts';
import { ContextCache } from './contexts.ts';
import type { MediaflowTests, ProfileNews, SourceTests, UserContexts } from './contract.ts';
import { deviceLoginRoutes } from './device-login-routes.ts';
import { ConfigEditor } from './editor.ts';
import { FormTests } from './form-test-routes.ts';
import { instanceOffer } from './instance-offer.ts';
import { mediaflowTestRoute } from './mediaflow-test-routes.ts';
import { pageRoutes, readPageFiles } from './page-routes.ts';
import { Profiles } from './profiles.ts';
import { configureRoutes } from './routes.ts';
import { serviceTestRoute, type ServiceTestOptions } from './service-test-routes.ts';
import { sourceTestRoute } from './source-test-routes.ts';
import { PROFILE_CACHE, ProfileStore } from './store.ts';

export interface ConfigurePorts {
  readonly ring: KeyRing;
  readonly access: InstanceAccess;
  readonly identity: AddonIdentity;
  readonly sourceTests: SourceTests;
  readonly mediaflowTests: MediaflowTests;
  readonly accounts: Pick<PlaybackAccounts, 'revokeProfile'>;
  readonly services: DebridServices;
}

export interface ConfigureFeature extends Feature {
  readonly contexts: UserContexts;
  readonly profileNews: ProfileNews;
  /** Of everything that compiles users' expressions. */
  readonly previews: AddressRate;
}

const MINUTE_MS = 60_000;

export async function createConfigure(
  platform: Platform,
  { ring, access, identity, sourceTests, mediaflowTests, accounts, services }: ConfigurePorts,
): Promise<ConfigureFeature> {
  const { config, caches, filterPool } = platform;
  const profiles = new Profiles({
    store: new ProfileStore(platform.database),
    cache: caches.open(PROFILE_CACHE),
    ring,
    accounts,
  });
  const editor = new ConfigEditor({ ring, profiles, access, filterPool });
  const instance = instanceOffer(config, ring);
  const previews = perMinute(config.PREVIEWS_PER_MINUTE_MAX, 'preview.too-many', 'previews');
  const forms = new FormTests(
    perMinute(config.SOURCE_TESTS_PER_MINUTE_MAX, 'source.too-many-tests', 'tests of settings'),
  );
  const page = await readPageFiles(packagePath('web/dist'));
  return {
    contexts: new ContextCache({
      ring,
      profiles,
      editor,
      instance,
      access,
      contextsMax: config.CONFIG_CACHE_ENTRIES,
    }),
    previews,
    profileNews: profiles,
    routes: [
      ...configureRoutes(editor, profiles, {
        identity,
        instance,
        previews,
        codeLogins: codeLoginsOf(services),
        timeoutMs: config.REQUEST_TIMEOUT_MS,
        profilesPerHourMax: config.PROFILES_PER_HOUR_MAX,
      }),
      sourceTestRoute(editor, {
        tests: sourceTests,
        rules: instance.ownSources,
        forms,
        timeoutMs: config.REQUEST_TIMEOUT_MS,
      }),
      mediaflowTestRoute(editor, {
        tests: mediaflowTests,
        forms,
        timeoutMs: config.REQUEST_TIMEOUT_MS,
      }),
      ...serviceRoutes(services, editor, { forms, digest: ring.digest }, config),
      ...pageRoutes(page),
    ],
  };
}

/** @param what in plural: "previews" */
function perMinute(max: number, code: ErrorCode, what: string): AddressRate {
  const message = `an address may ask for ${max} ${what} a minute: try again later`;
  return new AddressRate({ max, windowMs: MINUTE_MS, code, message });
}

function serviceRoutes(
  services: DebridServices,
  editor: ConfigEditor,
  options: Pick<ServiceTestOptions, 'forms' | 'digest'>,
  { CODE_LOGINS_PER_MINUTE_MAX: loginsMax, REQUEST_TIMEOUT_MS: timeoutMs }: Platform['config'],
): readonly Route[] {
  const code = 'login.too-many';
  const rate = perMinute(loginsMax, code, 'logins by a code');
  const pollRate = perMinute(loginsMax, code, 'looks at logins by a code');
  return [
    serviceTestRoute(editor, { ...options, services, timeoutMs }),
    ...deviceLoginRoutes({ services, rate, pollRate, timeoutMs }),
  ];
}

/** Names of services that have a login by a code here. */
function codeLoginsOf(services: DebridServices): ReadonlySet<string> {
  const names = SERVICES.map(({ service }) => service);
  return new Set(names.filter((service) => services.deviceLogin(service) !== null));
}
