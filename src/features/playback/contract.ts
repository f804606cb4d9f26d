/** What other features have of playback: accounts behind the tokens of links. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';

export interface PlaybackAccounts {
  /** Whether links with the tokens of these services work already. */
  isKept(services: OwnServices): boolean;
  /** Sees to it that they do, once for all who ask. @throws AppError `database.…` */
  keep(services: OwnServices, signal: CancelSignal): Promise<void>;
  /** Before a stored profile is deleted: its links end in all processes once `revoke` has done so. */
  revokeProfile(
    profileId: string,
    revoke: () => Promise<void>,
    signal: CancelSignal,
  ): Promise<void>;
}
