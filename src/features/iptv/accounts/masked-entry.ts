/** Entries as they are kept: marks where their addresses hold the account, and no picture whose address holds it. */
import type { AccountMarks } from '../../../lib/iptv/account-marks.ts';
import type { ListedEntry, VodDetails, VodFacts } from '../../../lib/iptv/vod-facts.ts';

/** Those that are asked for in the account's name, and one that players get to know. */
export interface EntryAddresses {
  readonly url: string;
  readonly catchupSource: string;
  readonly referrer: string;
}

export function maskedEntry({ entry, vod }: ListedEntry, marks: AccountMarks): ListedEntry {
  return {
    entry: {
      ...entry,
      ...maskedAddresses(entry, marks),
      logo: publicText(entry.logo, marks),
      properties: publicTexts(entry.properties, marks),
    },
    vod: vod === null ? null : maskedFacts(vod, marks),
  };
}

export function maskedAddresses(
  { url, catchupSource, referrer }: EntryAddresses,
  marks: AccountMarks,
): EntryAddresses {
  return {
    url: marks.mask(url),
    catchupSource: marks.mask(catchupSource),
    referrer: publicText(referrer, marks),
  };
}

export function publicTexts(texts: readonly string[], marks: AccountMarks): readonly string[] {
  return texts.filter((text) => !marks.holdsSecret(text));
}

/** Players ask for pictures by themselves, and would get the account with the address. */
export function publicText(address: string, marks: AccountMarks): string {
  return marks.holdsSecret(address) ? '' : address;
}

export function publicDetails(details: VodDetails, marks: AccountMarks): VodDetails {
  const { backdrop = '', image = '', ...others } = details;
  if (!marks.holdsSecret(backdrop) && !marks.holdsSecret(image)) return details;
  const [kept, keptImage] = [publicText(backdrop, marks), publicText(image, marks)];
  return {
    ...others,
    ...(kept === '' ? {} : { backdrop: kept }),
    ...(keptImage === '' ? {} : { image: keptImage }),
  };
}

function maskedFacts(vod: VodFacts, marks: AccountMarks): VodFacts {
  return { ...vod, details: publicDetails(vod.details, marks) };
}
