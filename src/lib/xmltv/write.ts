/** Writes XMLTV piece by piece: a head, channels, programmes, a tail. */
import { xmltvNs } from './episode-number.ts';
import type { GuideChannel, LanguageText, Programme } from './programme.ts';
import { xmltvTime } from './time.ts';

/** As it goes out: players do not show a programme without an end. */
export type WrittenProgramme = Programme & { readonly stopMs: number };

const SPECIAL = /[&<>"]|[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** @param generator name of what made it */
export function xmltvHead(generator: string): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tv SYSTEM "xmltv.dtd">\n' +
    `<tv generator-info-name="${escapedXml(generator)}">\n`
  );
}

export const XMLTV_TAIL = '</tv>\n';

export function xmltvChannel({ id, names, iconUrl }: GuideChannel): string {
  return `<channel id="${escapedXml(id)}">${texts('display-name', names)}${icon(iconUrl)}</channel>\n`;
}

/** Elements in the order of the DTD. */
export function xmltvProgramme(programme: WrittenProgramme): string {
  const { startMs, stopMs, channelId, titles, subtitles, descriptions, onscreen } = programme;
  const { year, categories, iconUrl, rating, isNew, isLive, isRepeat } = programme;
  const number = xmltvNs(programme);
  return (
    `<programme start="${xmltvTime(startMs)}" stop="${xmltvTime(stopMs)}" channel="${escapedXml(channelId)}">` +
    (titles.length === 0 ? '<title/>' : texts('title', titles)) +
    texts('sub-title', subtitles) +
    texts('desc', descriptions) +
    (year === 0 ? '' : `<date>${year}</date>`) +
    categories.map((category) => element('category', category)).join('') +
    icon(iconUrl) +
    (number === '' ? '' : `<episode-num system="xmltv_ns">${number}</episode-num>`) +
    (onscreen === ''
      ? ''
      : `<episode-num system="onscreen">${escapedXml(onscreen)}</episode-num>`) +
    (isRepeat ? '<previously-shown/>' : '') +
    (isNew ? '<new/>' : '') +
    (isLive ? '<live/>' : '') +
    (rating === '' ? '' : `<rating><value>${escapedXml(rating)}</value></rating>`) +
    '</programme>\n'
  );
}

function texts(name: string, all: readonly LanguageText[]): string {
  return all
    .map(({ text, lang }) =>
      lang === ''
        ? element(name, text)
        : `<${name} lang="${escapedXml(lang)}">${escapedXml(text)}</${name}>`,
    )
    .join('');
}

function element(name: string, text: string): string {
  return `<${name}>${escapedXml(text)}</${name}>`;
}

function icon(url: string): string {
  return url === '' ? '' : `<icon src="${escapedXml(url)}"/>`;
}

/** Without what XML cannot hold. */
export function escapedXml(text: string): string {
  return text.replaceAll(SPECIAL, (character) => ESCAPES[character] ?? '');
}
