/**
 * Fansubs that number an episode with nothing but a number (`[Group]_Name_679_[VOSTFR]`). The library reads a number
 * after a hyphen, so one is put there. Names end in numbers, too (`Mob Psycho 100`): what makes it an episode is a
 * leading zero, French subtitles, a version, or a checksum at the end, which only single files have.
 */
const NUMBER_LAST =
  /^((?:\[[^\]]{1,40}\][ _.]*)+[^[\]()]{2,80}?)[ _](\d{2,4})(?=(?:v\d)?[ _]*(?:[[(]|- |VOSTFR|\.\w{2,4}$))/;
const NUMBER_FIRST =
  /^(\[[^\]]{1,40}\])[ _](\d{2,3})[ _]-[ _](?!\d{2,3}[ _v])([^[\]()]{2,80}?)(?=[ _][[(])/;
const SINGLE_FILE = /[[(][0-9A-F]{8}[\])]|VOSTFR/;
const VERSION = /^v\d/;
const YEAR = /^(?:19|20)\d\d$/;
/** A marker that the library reads by itself. */
const MARKED = /[ _.](?:- ?\d|s\d|e\d|ep\b|season|episode|movie|vol)/i;

/** The title with the episode's number where the library looks for it. */
export function withEpisodeHyphen(title: string): string {
  const first = NUMBER_FIRST.exec(title);
  if (first !== null) {
    const [all, group = '', number = '', name = ''] = first;
    return `${group} ${name} - ${number}${title.slice(all.length)}`;
  }
  const last = NUMBER_LAST.exec(title);
  if (last === null) return title;
  const [all, name = '', number = ''] = last;
  const isEpisode =
    number.startsWith('0') || SINGLE_FILE.test(title) || VERSION.test(title.slice(all.length));
  const isName = name.endsWith('-') || YEAR.test(number) || MARKED.test(name);
  return !isEpisode || isName ? title : `${name} - ${number}${title.slice(all.length)}`;
}
