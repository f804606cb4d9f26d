/** What a person reads on standard output while the server starts and once it is ready. */

export interface ReadyFacts {
  /** Address of this instance without a trailing slash. */
  readonly baseUrl: string;
  readonly https: boolean;
  readonly processes: number;
  /** Whether jobs are done beside this server, by a process of its own. */
  readonly hasWorker: boolean;
  readonly database: string;
  readonly cache: string;
  readonly catalogue: string;
  /** Names of the sources that are searched. */
  readonly sources: readonly string[];
  readonly elapsedMs: number;
  readonly firstBoot: boolean;
}

/** Shows one step of the start with the time since the process began. */
export class Progress {
  readonly #write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  step(text: string): void {
    this.#write(`  ${(this.elapsedMs / 1000).toFixed(1).padStart(4)} s  ${text}\n`);
  }

  /** Since the process began. */
  get elapsedMs(): number {
    return performance.now();
  }
}

const WORKER_BESIDE = 'beside the server, in a process of its own';
const WORKER_ELSEWHERE =
  'none here: jobs wait for one that runs elsewhere (WORKER_SINGLE_MODE, docs/workers.md)';
const SOURCES_SHOWN = 5;

function sourcesText(names: readonly string[]): string {
  if (names.length === 0)
    return 'none: PROWLARR_URL, TORZNAB_SOURCES, ADDON_SOURCES and others name some (docs/sources.md)';
  const more = names.length - SOURCES_SHOWN;
  const shown = names.slice(0, SOURCES_SHOWN).join(', ');
  return `${names.length} (${shown}${more > 0 ? ` and ${more} more` : ''})`;
}

/** The block that is printed when the server is ready. */
export function readyText(facts: ReadyFacts): string {
  const authority = facts.baseUrl.replace(/^https?:\/\//, '');
  const lines = [
    '',
    `Sluice is ready in ${(facts.elapsedMs / 1000).toFixed(1)} s${facts.firstBoot ? ' (first start)' : ''}`,
    '',
    `  Manifest   ${facts.baseUrl}/manifest.json`,
    `  Install    stremio://${authority}/manifest.json`,
    `  Configure  ${facts.baseUrl}/configure`,
    '',
    `  Database   ${facts.database}`,
    `  Cache      ${facts.cache}`,
    `  Catalogue  ${facts.catalogue}`,
    `  Sources    ${sourcesText(facts.sources)}`,
    `  Processes  ${facts.processes}`,
    `  Worker     ${facts.hasWorker ? WORKER_BESIDE : WORKER_ELSEWHERE}`,
  ];
  if (!facts.https) {
    lines.push(
      '',
      '  Stremio on TVs and phones needs HTTPS: put a reverse proxy in front and set HOST_URL,',
      '  or set TLS_CERT and TLS_KEY.',
    );
  }
  return `${lines.join('\n')}\n\n`;
}
