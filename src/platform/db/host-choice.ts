/**
 * Which of several hosts a new connection goes to. postgres.js begins every connection at the first host and takes
 * any for `read-write`; so the hosts are asked before, each with a short connection of its own.
 */
import { sleep } from '../../lib/async/wait.ts';
import type { PostgresHost, SessionAttributes } from '../../lib/postgres-uri/postgres-uri.ts';

export interface HostState {
  readonly isStandby: boolean;
  /** Standbys are, too. */
  readonly isReadOnly: boolean;
}

export interface HostChoiceOptions {
  readonly hosts: readonly PostgresHost[];
  readonly wanted: SessionAttributes;
  /** Try them in a random order. */
  readonly isBalanced: boolean;
  readonly probe: (host: PostgresHost) => Promise<HostState>;
}

type Report =
  | { readonly host: PostgresHost; readonly state: HostState }
  | { readonly host: PostgresHost; readonly error: unknown };

/** Connections that open together share an answer; after a failover the next ones ask anew. */
const CHOICE_LIFETIME_MS = 1000;
/** A host that has not answered for so long is not waited for alone: the next one is asked beside it. */
const HEAD_START_MS = 250;

const SUITS: Readonly<Record<SessionAttributes, (state: HostState) => boolean>> = {
  any: () => true,
  'read-write': (state) => !state.isReadOnly,
  'read-only': (state) => state.isReadOnly,
  primary: (state) => !state.isStandby,
  standby: (state) => state.isStandby,
  'prefer-standby': (state) => state.isStandby,
};

export class HostChoice {
  readonly #options: HostChoiceOptions;
  #choice: Promise<PostgresHost> | undefined;
  #madeAt = 0;

  constructor(options: HostChoiceOptions) {
    this.#options = options;
  }

  /** There is only one, and whatever it is will do: nothing is asked. */
  get isGiven(): boolean {
    return this.#options.hosts.length === 1 && this.#options.wanted === 'any';
  }

  /** Rejects, when none suits, with an error whose message tells what each of them is. */
  choose(): Promise<PostgresHost> {
    const [only] = this.#options.hosts;
    if (this.isGiven && only !== undefined) return Promise.resolve(only);
    const isOld = performance.now() - this.#madeAt > CHOICE_LIFETIME_MS;
    return this.#choice === undefined || isOld ? this.#renew() : this.#choice;
  }

  /** The host that was chosen is not what it was: the next connection asks all of them. */
  forget(): void {
    this.#choice = undefined;
  }

  #renew(): Promise<PostgresHost> {
    const choice = this.#search();
    this.#choice = choice;
    this.#madeAt = Infinity;
    const settle = () => {
      this.#madeAt = performance.now();
    };
    const giveUp = () => {
      if (this.#choice === choice) this.#choice = undefined;
    };
    choice.then(settle, giveUp);
    return choice;
  }

  /** One after the other, each with a head start; the first that suits is taken. */
  #search(): Promise<PostgresHost> {
    const { hosts, wanted, isBalanced } = this.#options;
    let chosen: PostgresHost | undefined;
    let turn: Promise<unknown> = Promise.resolve();
    const attempts = (isBalanced ? shuffled(hosts) : hosts).map((host) => {
      const before = turn;
      const attempt = before.then(async () => {
        if (chosen !== undefined) return undefined;
        const report = await this.#ask(host);
        if ('state' in report && SUITS[wanted](report.state)) chosen ??= host;
        return report;
      });
      turn = Promise.race([attempt, before.then(() => sleep(HEAD_START_MS))]);
      return attempt;
    });
    return new Promise((resolve, reject) => {
      for (const attempt of attempts) {
        void attempt.then(() => {
          if (chosen !== undefined) resolve(chosen);
        });
      }
      void Promise.all(attempts).then((reports) => {
        const known = reports.filter((report) => report !== undefined);
        const second =
          wanted === 'prefer-standby' ? known.find((report) => 'state' in report) : undefined;
        if (second !== undefined) resolve(second.host);
        else reject(noneSuits(wanted, known));
      });
    });
  }

  async #ask(host: PostgresHost): Promise<Report> {
    try {
      return { host, state: await this.#options.probe(host) };
    } catch (error) {
      return { host, error };
    }
  }
}

/** Its code is that of the first failure when all failed (a wrong password), for `failure.ts`. */
function noneSuits(wanted: SessionAttributes, reports: readonly Report[]): Error {
  const found = reports.map(
    (report) => `${report.host.name}:${report.host.port} ${describe(report)}`,
  );
  const failures = reports.flatMap((report) => ('error' in report ? [report.error] : []));
  const [first] = failures.length === reports.length ? failures : [];
  const code = first instanceof Error && 'code' in first ? first.code : 'CONNECT_NO_HOST';
  return Object.assign(new Error(`no host is ${wanted}: ${found.join('; ')}`), { code });
}

function describe(report: Report): string {
  if ('state' in report) {
    if (report.state.isStandby) return 'is a standby';
    return report.state.isReadOnly ? 'is read-only' : 'is a primary';
  }
  const { error } = report;
  if (!(error instanceof Error)) return 'failed';
  return error.message === '' && 'code' in error ? String(error.code) : error.message;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
