/** What services say that have no codes, only sentences. */
import type { DebridErrorCode } from './failures.ts';
import type { SaidFailure } from './service-api.ts';

/** The first that fits counts. */
const SENTENCES: readonly (readonly [RegExp, DebridErrorCode])[] = [
  [
    /not logged in|unauthori[sz]ed|invalid (?:api|token|customer)|customer_id and pin/i,
    'debrid.bad-token',
  ],
  [/account (?:is )?(?:locked|banned|suspended)/i, 'debrid.account-locked'],
  [
    /fair.?use|out of (?:traffic|points)|limit (?:is )?(?:reached|exceeded)/i,
    'debrid.traffic-limit',
  ],
  [
    /(?:not|no) (?:a )?premium|premium (?:account|membership) (?:is )?(?:needed|required|only)/i,
    'debrid.need-premium',
  ],
  [/too many (?:active )?(?:transfers|downloads|tasks)|active downloads/i, 'debrid.torrent-limit'],
  [/(?:not enough|no) (?:space|storage)|(?:space|storage) (?:is )?full/i, 'debrid.no-space'],
  [/too many requests|slow down/i, 'debrid.too-many-requests'],
  [
    /not (?:in|found in) (?:the )?cache|not cached|unsupported link for direct download/i,
    'debrid.not-downloaded',
  ],
  [/dmca|infring|copyright|blacklist/i, 'debrid.infringing'],
  [/not found|does not exist|unknown (?:id|transfer)/i, 'debrid.not-found'],
  [/invalid (?:link|magnet|torrent)|no (?:valid )?src/i, 'debrid.add-failed'],
];

/** What a sentence says; nothing of its words is told on. */
export function saidInSentence(sentence: string): SaidFailure {
  const failure = SENTENCES.find(([pattern]) => pattern.test(sentence))?.[1];
  return { code: '', ...(failure !== undefined && { failure }) };
}
