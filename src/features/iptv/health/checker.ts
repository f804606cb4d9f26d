/** Looks at many sources: so many at a time in all, and no more at a provider than its account has streams for. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type {
  AccountSlots,
  CheckedAccount,
  CheckCounts,
  CheckedSource,
  CheckOrder,
  SourceAnswer,
  SourceFinding,
  SourceProbe,
} from './contract.ts';
import type { HealthStore } from './store.ts';

export interface SourceCheckerParts {
  readonly store: Pick<HealthStore, 'toCheck' | 'put'>;
  readonly probe: SourceProbe;
  readonly slots: AccountSlots;
}

const AT_A_TIME = 50;
const PER_PROVIDER = 6;
const FINDINGS_PER_STATEMENT = 1000;
/** So many channels with one picture are none: the provider shows it for what is off. */
const SLATE_CHANNELS = 3;
const SLATE = 'the provider shows the same picture on several channels';

/** One stream of a provider's account, and the sources that all of its tasks take theirs from. */
interface Task {
  readonly account: CheckedAccount;
  readonly line: CheckedSource[];
}

interface Looked {
  readonly source: CheckedSource;
  readonly answer: SourceAnswer;
}

export class SourceChecker {
  readonly #parts: SourceCheckerParts;

  constructor(parts: SourceCheckerParts) {
    this.#parts = parts;
  }

  async check(
    order: CheckOrder,
    progress: (done: number) => void,
    signal: CancelSignal,
  ): Promise<CheckCounts> {
    const sources = await this.#parts.store.toCheck(order, signal);
    const looked: Looked[] = [];
    const tasks = tasksOf(byProvider(sources));
    const run = async () => {
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift())
        await this.#work(task, looked, progress, signal);
    };
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, tasks.length) }, run));
    return this.#keep(looked, signal);
  }

  /** Takes one stream of the account, and looks at one source after the other with it. */
  async #work(
    { account, line }: Task,
    looked: Looked[],
    progress: (done: number) => void,
    signal: CancelSignal,
  ): Promise<void> {
    const slot = await this.#parts.slots.take(account, signal);
    if (slot === null) return;
    try {
      for (let source = line.pop(); source !== undefined; source = line.pop()) {
        signal.throwIfAborted();
        looked.push({ source, answer: await this.#parts.probe.look(source, signal) });
        progress(looked.length);
      }
    } finally {
      await slot[Symbol.asyncDispose]();
    }
  }

  async #keep(looked: readonly Looked[], signal: CancelSignal): Promise<CheckCounts> {
    const slates = slatesOf(looked);
    const findings = looked.map(({ source, answer }): SourceFinding => {
      const { providerId, storedUrl } = source;
      const failure = answer.failure || (slates.has(keyOf(source, answer)) ? SLATE : '');
      return { providerId, storedUrl, failure };
    });
    for (let at = 0; at < findings.length; at += FINDINGS_PER_STATEMENT)
      await this.#parts.store.put(findings.slice(at, at + FINDINGS_PER_STATEMENT), signal);
    const failing = findings.filter(({ failure }) => failure !== '');
    return {
      checked: findings.length,
      playing: findings.length - failing.length,
      failing: failing.length,
      slates: failing.filter(({ failure }) => failure === SLATE).length,
    };
  }
}

/** The last of a line is looked at first. */
function byProvider(sources: readonly CheckedSource[]): ReadonlyMap<number, CheckedSource[]> {
  const lines = new Map<number, CheckedSource[]>();
  for (const source of sources.toReversed()) {
    const line = lines.get(source.providerId);
    if (line === undefined) lines.set(source.providerId, [source]);
    else line.push(source);
  }
  return lines;
}

/** First one stream of each provider, then a second one of each, and so on. */
function tasksOf(lines: ReadonlyMap<number, CheckedSource[]>): Task[] {
  return Array.from({ length: PER_PROVIDER }, (_, at) =>
    [...lines.values()].flatMap((line) => {
      const account = line[at];
      return account === undefined ? [] : [{ account, line }];
    }),
  ).flat();
}

function slatesOf(looked: readonly Looked[]): ReadonlySet<string> {
  const channels = new Map<string, Set<number>>();
  for (const { source, answer } of looked) {
    if (answer.failure !== '' || answer.fingerprint === '') continue;
    const key = keyOf(source, answer);
    const of = channels.get(key);
    if (of === undefined) channels.set(key, new Set([source.channelId]));
    else of.add(source.channelId);
  }
  return new Set([...channels].filter(([, of]) => of.size >= SLATE_CHANNELS).map(([key]) => key));
}

function keyOf({ providerId }: CheckedSource, { fingerprint }: SourceAnswer): string {
  return `${providerId} ${fingerprint}`;
}
