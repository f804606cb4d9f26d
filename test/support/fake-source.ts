/** Sources in memory that do what a test says. */
import { createHash } from 'node:crypto';
import type { CancelSignal } from '../../src/lib/async/cancel.ts';
import { untilCancelled } from '../../src/lib/async/wait.ts';
import type { FoundRelease, SearchSubject } from '../../src/features/sources/contract.ts';
import type { Source, SourceCall, SourceReport } from '../../src/features/sources/source.ts';

export type Behaviour = (call: SourceCall, subject: SearchSubject) => Promise<void>;

export class FakeSource implements Source {
  readonly id: string;
  readonly name: string;
  /** For what it was asked. */
  readonly asked: SearchSubject[] = [];
  behaviour: Behaviour;

  constructor(id: string, behaviour: Behaviour) {
    this.id = id;
    this.name = id.toUpperCase();
    this.behaviour = behaviour;
  }

  canSearch(): boolean {
    return true;
  }

  async search(subject: SearchSubject, call: SourceCall): Promise<void> {
    this.asked.push(subject);
    await this.behaviour(call, subject);
  }

  test(): Promise<SourceReport> {
    return Promise.resolve({ isWorking: true, message: 'it is a fake' });
  }
}

/** A torrent of this name, the same one for the same name. */
export function release(name: string, changes: Partial<FoundRelease> = {}): FoundRelease {
  return {
    kind: 'torrent',
    infohash: createHash('sha1').update(name).digest('hex'),
    locator: '',
    name,
    origin: 'fake',
    uploader: '',
    sizeBytes: 1_000_000_000,
    seeders: 10,
    addedAtS: 1_700_000_000,
    trackers: [],
    isPrivate: false,
    fileIndex: -1,
    filename: '',
    fileSizeBytes: 0,
    imdbId: '',
    tmdbId: '',
    isVouchedFor: false,
    ...changes,
  };
}

export function finds(...names: readonly string[]): Behaviour {
  return async ({ found }) => found(names.map((name) => release(name)));
}

/** Answers only when it is given up. */
export const hangs: Behaviour = async ({ signal }) => {
  await rejected(signal);
};

async function rejected(signal: CancelSignal): Promise<void> {
  await untilCancelled(signal);
  signal.throwIfAborted();
}
