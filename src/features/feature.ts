/** What a feature gives to the program: `createX(platform, ports)` of its `feature.ts` returns one. */
import type { Route } from '../http/route.ts';
import type { ReadinessCheck } from '../platform/platform.ts';
import type { ChangedTitle } from './library/contract.ts';

/** What a feature lacks it leaves out. What other features need of it stands beside these, typed by its contract. */
export interface Feature {
  /** Rows of the route table. */
  readonly routes?: readonly Route[];
  /** Outside parts of its own without which the instance is not ready. */
  readonly healthChecks?: readonly ReadinessCheck[];
  /** Drops what its caches hold of these titles, in every tier and process. */
  onTitlesChanged?(titles: readonly ChangedTitle[], signal: AbortSignal): Promise<void>;
  /** Closes what it opened; the platform is still open then. */
  dispose?(): Promise<void>;
}
