/** What every Usenet client is behind its protocol: jobs that get on each time somebody looks, and files on a share. */
import type { SharedFile } from './webdav.ts';

export interface HeldJob {
  readonly id: number;
  /** The NZB. */
  readonly content: string;
  readonly name: string;
  readonly category: string;
  /** Posts of it are missing. */
  readonly isBroken: boolean;
  looks: number;
}

export type JobStage = 'waiting' | 'downloading' | 'unpacking' | 'done' | 'failed';

/** By looks; the last one stays. */
const STAGES: readonly JobStage[] = ['waiting', 'downloading', 'unpacking', 'done'];
export const VIDEO_BYTES = 700_000_000;

export class NewsWorld {
  /** Newest first. */
  readonly jobs: HeldJob[] = [];
  /** NZBs whose posts are missing. */
  readonly broken = new Set<string>();
  /** So many are forgotten as they are added. */
  ignored = 0;
  /** When its finished jobs ended, in epoch seconds: long ago. */
  endedAtS = 1_700_000_100;
  /** So many times the share is asked before it shows what is new. */
  shareLag = 0;
  #nextId = 0;

  add(content: string, name: string, category: string): HeldJob {
    const isBroken = this.broken.has(content);
    const job = { id: ++this.#nextId, content, name, category, isBroken, looks: 0 };
    if (this.ignored > 0) this.ignored--;
    else this.jobs.unshift(job);
    return job;
  }

  /** All jobs, a look later. */
  look(): readonly HeldJob[] {
    for (const job of this.jobs) job.looks++;
    return this.jobs;
  }

  remove(id: number): boolean {
    const index = this.jobs.findIndex((job) => job.id === id);
    if (index !== -1) this.jobs.splice(index, 1);
    return index !== -1;
  }

  /** @param root folder of the share that finished jobs are in */
  files(root: string): readonly SharedFile[] {
    if (this.shareLag-- > 0) return [];
    return this.jobs
      .filter((job) => stageOf(job) === 'done')
      .flatMap(({ name, category }) => {
        const folder = `${root}/${category || 'default'}/${name}`;
        return [
          { path: `${folder}/${name}.mkv`, sizeBytes: VIDEO_BYTES },
          { path: `${folder}/Subs/english.srt`, sizeBytes: 50_000 },
        ];
      });
  }
}

export function stageOf({ looks, isBroken }: HeldJob): JobStage {
  const stage = STAGES[Math.min(Math.floor(looks / 2), STAGES.length - 1)] ?? 'done';
  return isBroken && (stage === 'done' || stage === 'unpacking') ? 'failed' : stage;
}

export function isOver(job: HeldJob): boolean {
  const stage = stageOf(job);
  return stage === 'unpacking' || stage === 'done' || stage === 'failed';
}
