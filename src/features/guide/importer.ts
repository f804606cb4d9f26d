/** Syncs guides, from their address or from what somebody brings, and matches channels with them afterwards. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { AccountMarks, NO_MARKS, secretsOfAddress } from '../../lib/iptv/account-marks.ts';
import type { Platform } from '../../platform/platform.ts';
import type { GuideCounts, GuideImport, GuideImportListener } from './contract.ts';
import { bodyStream } from '../../platform/fetch/body-stream.ts';
import { syncGuide, type SyncedGuide } from './load/sync.ts';
import type { ChannelMatcher } from './matcher.ts';
import type { GuideStore } from './store.ts';

export interface ImporterParts extends Pick<Platform, 'fetcher' | 'openBulkLoad'> {
  readonly store: GuideStore;
  readonly matcher: ChannelMatcher;
  readonly ring: KeyRing;
  readonly now: () => number;
}

/** What addresses are sealed for. */
const ADDRESS_CONTEXT = 'guide address';
/** Unless somebody says otherwise. */
export const INTERVAL_HOURS = 12;
const REASON_CHARS_MAX = 500;

export class GuideImporter implements GuideImport {
  readonly #parts: ImporterParts;

  constructor(parts: ImporterParts) {
    this.#parts = parts;
  }

  async importGuide(
    name: string,
    chunks: AsyncIterable<Uint8Array>,
    listener: GuideImportListener,
    signal: CancelSignal,
  ): Promise<GuideCounts> {
    const { store } = this.#parts;
    const made = { name, sealedUrl: null, host: '', intervalHours: INTERVAL_HOURS };
    const guideId = (await store.findByName(name, signal)) ?? (await store.add(made, signal));
    return this.#sync({ id: guideId, marks: NO_MARKS }, chunks, listener, signal);
  }

  async importAddress(
    name: string,
    url: string,
    listener: GuideImportListener,
    signal: CancelSignal,
  ): Promise<GuideCounts> {
    if (!URL.canParse(url))
      throw new AppError('fetch.bad-url', 'expected an http or https address');
    const { store } = this.#parts;
    const address = this.sealed(new URL(url));
    const known = await store.findByName(name, signal);
    if (known !== null) await store.setAddress(known, address, signal);
    const made = { name, ...address, intervalHours: INTERVAL_HOURS };
    return this.syncFromAddress(known ?? (await store.add(made, signal)), listener, signal);
  }

  /** As it is stored. */
  sealed(url: URL): { readonly sealedUrl: Buffer; readonly host: string } {
    const sealedUrl = this.#parts.ring.seal(Buffer.from(url.href), ADDRESS_CONTEXT);
    return { sealedUrl, host: url.host };
  }

  /** From its address. @throws AppError as `importGuide`; `guide.not-found` also for one without an address */
  async syncFromAddress(
    guideId: number,
    listener: GuideImportListener,
    signal: CancelSignal,
  ): Promise<GuideCounts> {
    const { store, ring, fetcher } = this.#parts;
    const sealed = await store.sealedUrl(guideId, signal);
    const url = sealed === null ? null : ring.open(sealed, ADDRESS_CONTEXT);
    if (url === null)
      throw new AppError(
        'guide.not-found',
        'the guide has no address, or one of another SECRET_KEY',
      );
    return this.#sync(
      { id: guideId, marks: new AccountMarks(secretsOfAddress(url.toString())) },
      bodyStream(fetcher, url.toString(), 'the server of the guide', signal),
      listener,
      signal,
    );
  }

  async #sync(
    guide: SyncedGuide,
    chunks: AsyncIterable<Uint8Array>,
    listener: GuideImportListener,
    signal: CancelSignal,
  ): Promise<GuideCounts> {
    const { store, matcher } = this.#parts;
    try {
      const counts = await syncGuide(this.#parts, guide, chunks, listener, signal);
      await matcher.matchAll(signal);
      return counts;
    } catch (error) {
      if (error instanceof AppError && error.code !== 'guide.busy' && !signal.aborted)
        await store.setFailure(guide.id, error.message.slice(0, REASON_CHARS_MAX), signal);
      throw error;
    }
  }
}
