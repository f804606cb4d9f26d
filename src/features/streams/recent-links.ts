/**
 * The links of each user as they were last made, for whoever asks for the same list again within a moment: what services say is
 * looked up a few times a second, not with every request.
 */
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';

/** What links follow from, beside the settings of their user. */
export interface LinkTerms {
  readonly set: StreamSet;
  readonly baseUrl: string;
  /** `CachedMarks.revision`. */
  readonly revision: number;
}

interface Recent<Links> {
  /** Weak: a set that the cache has dropped is not kept alive. */
  readonly set: WeakRef<StreamSet>;
  readonly baseUrl: string;
  readonly revision: number;
  readonly links: Links;
  readonly untilMs: number;
}

const KEPT_MS = 100;

export class RecentLinks<Links> {
  /** One of each user. */
  readonly #last = new WeakMap<OwnServices, Recent<Links>>();

  find(services: OwnServices, { set, baseUrl, revision }: LinkTerms): Links | undefined {
    const last = this.#last.get(services);
    if (last === undefined) return undefined;
    const isSame = last.baseUrl === baseUrl && last.revision === revision;
    return isSame && Date.now() < last.untilMs && last.set.deref() === set ? last.links : undefined;
  }

  keep(services: OwnServices, { set, baseUrl, revision }: LinkTerms, links: Links): Links {
    const untilMs = Date.now() + KEPT_MS;
    this.#last.set(services, { set: new WeakRef(set), baseUrl, revision, links, untilMs });
    return links;
  }
}
