/**
 * Lists of channels as strict players read them: names of attributes in lower case, values in double quotes and without any,
 * a number at every entry or at none, one line a title.
 */

export interface M3uOutput {
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly number: number | null;
  readonly logo: string;
  readonly tvgId: string;
  readonly isRadio: boolean;
  /** Empty: none is named. */
  readonly mimetype: string;
  readonly catchupDays: number;
  /** Where players ask for what was shown; empty: nowhere. */
  readonly catchupUrl: string;
  readonly url: string;
}

/** @param guideUrl empty: none is named */
export function m3uHeader(guideUrl: string): string {
  return guideUrl === ''
    ? '#EXTM3U\n'
    : `#EXTM3U url-tvg="${value(guideUrl)}" x-tvg-url="${value(guideUrl)}"\n`;
}

/** @param hasNumbers whether each entry of the list has one */
export function m3uEntry(entry: M3uOutput, hasNumbers: boolean): string {
  const { id, name, group, number, logo, tvgId, isRadio, url } = entry;
  const { mimetype, catchupDays, catchupUrl } = entry;
  const said = [
    attribute('tvg-id', tvgId === '' ? id : tvgId),
    attribute('tvg-name', name),
    hasNumbers && number !== null ? attribute('tvg-chno', String(number)) : '',
    logo === '' ? '' : attribute('tvg-logo', logo),
    group === '' ? '' : attribute('group-title', group),
    isRadio ? attribute('radio', 'true') : '',
    catchupUrl === ''
      ? ''
      : attribute('catchup', 'default') +
        attribute('catchup-days', String(catchupDays)) +
        attribute('catchup-source', catchupUrl),
  ];
  const property = mimetype === '' ? '' : `#KODIPROP:mimetype=${line(mimetype)}\n`;
  return `#EXTINF:-1${said.join('')},${title(name)}\n${property}${url}\n`;
}

/** Kodi's client begins a title behind the first comma that follows the last quote of the line. */
function title(name: string): string {
  return name.includes(',') ? value(name) : line(name);
}

function attribute(name: string, text: string): string {
  return ` ${name}="${value(text)}"`;
}

function value(text: string): string {
  return line(text).replaceAll('"', "'");
}

function line(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
