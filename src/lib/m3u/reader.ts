/**
 * Reads a channel list as it comes, line by line: what is kept is one entry. A file that is none says so in its first lines.
 */
import { AppError } from '../errors.ts';
import { readInf } from './attributes.ts';
import { completeEntry, type M3uEntry, type M3uProblem, type Pending } from './entry.ts';

export interface M3uListener {
  entry(entry: M3uEntry): void;
  refused(problem: M3uProblem): void;
  /** Addresses of guides that the list names. */
  guides?(urls: readonly string[]): void;
}

/** Longer lines are refused, and never kept. */
const LINE_CHARS_MAX = 64 * 1024;
/** Words of a title that stand in a line of their own. */
const TITLE_LINES_MAX = 4;
/** A list begins within so many lines that say nothing. */
const FOREIGN_LINES_MAX = 1000;

export class M3uReader {
  readonly #listener: M3uListener;
  readonly #baseUrl: string;
  #rest = '';
  #isTooLong = false;
  #line = 0;
  #titleLines = 0;
  #entries = 0;
  #refused = 0;
  #hasHeader = false;
  #pending: Pending | null = null;

  /** @param baseUrl of the list, for relative addresses; empty for a file */
  constructor(listener: M3uListener, baseUrl = '') {
    this.#listener = listener;
    this.#baseUrl = baseUrl;
  }

  /** @throws AppError `iptv.bad-playlist` as soon as the file is seen to be none */
  write(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#readLine(line);
    if (this.#rest.length > LINE_CHARS_MAX) {
      this.#isTooLong = true;
      this.#rest = '';
    }
  }

  /** @throws AppError `iptv.bad-playlist` where nothing was a channel */
  end(): void {
    if (this.#rest !== '') this.#readLine(this.#rest);
    this.#rest = '';
    this.#drop('the list ends before its address');
    if (this.#entries > 0) return;
    throw badPlaylist(
      this.#refused > 0
        ? 'none of its entries has an address that a player takes'
        : 'it names no channel',
    );
  }

  #readLine(raw: string): void {
    this.#line++;
    const line = (this.#line === 1 ? raw.replace(/^\uFEFF/, '') : raw).trim();
    if (this.#isTooLong || line.length > LINE_CHARS_MAX) {
      this.#isTooLong = false;
      this.#pending = null;
      return this.#refuse(this.#line, `the line is longer than ${LINE_CHARS_MAX} characters`);
    }
    if (line === '') return;
    if (this.#entries === 0 && this.#pending === null) this.#checkKind(line);
    if (line.startsWith('#')) this.#readDirective(line);
    else this.#readText(line);
  }

  /** What providers send in place of a list, with status 200. */
  #checkKind(line: string): void {
    if (/^(?:<!doctype|<html|<\?xml|<body|<tv\b)/i.test(line))
      throw badPlaylist('it is a page of HTML or XML');
    if (/^[{[]/.test(line)) throw badPlaylist('it is JSON');
    if (/^#EXT-X-(?:TARGETDURATION|STREAM-INF|MEDIA-SEQUENCE|MEDIA\b)/i.test(line))
      throw badPlaylist('it is the playlist of one HLS stream, and no list of channels');
    if (!this.#hasHeader && this.#line > FOREIGN_LINES_MAX) throw badPlaylist('it is no M3U');
  }

  #readDirective(line: string): void {
    const [, word = '', rest = ''] = /^#([A-Z0-9-]+):?(.*)$/i.exec(line) ?? [];
    switch (word.toUpperCase()) {
      case 'EXTM3U':
        this.#hasHeader = true;
        return this.#listener.guides?.(guidesOf(rest));
      case 'EXTINF':
        return this.#begin(rest);
      case 'EXTGRP':
        if (this.#pending !== null) this.#pending.group = rest.trim();
        return;
      case 'EXTVLCOPT':
      case 'EXTHTTP':
        return this.#readOption(rest);
      case 'KODIPROP':
        this.#pending?.properties.push(rest.trim());
        return;
      default:
        return;
    }
  }

  #begin(rest: string): void {
    this.#hasHeader = true;
    this.#drop('no address follows');
    const { attributes, title } = readInf(rest);
    this.#titleLines = 0;
    this.#pending = {
      line: this.#line,
      attributes,
      title,
      group: '',
      options: new Map(),
      properties: [],
    };
  }

  /** `http-user-agent=…`, or `{"User-Agent": "…"}`. */
  #readOption(rest: string): void {
    if (this.#pending === null) return;
    if (rest.trim().startsWith('{')) {
      for (const [, name = '', value = ''] of rest.matchAll(/"([^"]+)"\s*:\s*"([^"]*)"/g))
        this.#pending.options.set(name.toLowerCase(), value);
      return;
    }
    const at = rest.indexOf('=');
    if (at < 1) return;
    const value = rest.slice(at + 1).trim();
    const bare = /^"(.*)"$/.exec(value)?.[1] ?? value;
    this.#pending.options.set(rest.slice(0, at).trim().toLowerCase(), bare);
  }

  #readText(line: string): void {
    const pending = this.#pending ?? this.#bareAddress(line);
    if (pending === null) return;
    if (!looksLikeAddress(line)) return this.#lengthenTitle(pending, line);
    this.#pending = null;
    const entry = completeEntry(pending, line, this.#baseUrl);
    if (typeof entry === 'string') return this.#refuse(this.#line, entry);
    this.#entries++;
    this.#listener.entry(entry);
  }

  /** Lists of nothing but addresses. */
  #bareAddress(line: string): Pending | null {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(line)) return null;
    return {
      line: this.#line,
      attributes: new Map(),
      title: '',
      group: '',
      options: new Map(),
      properties: [],
    };
  }

  #lengthenTitle(pending: Pending, line: string): void {
    if (++this.#titleLines <= TITLE_LINES_MAX) pending.title = `${pending.title} ${line}`.trim();
  }

  #drop(reason: string): void {
    if (this.#pending !== null) this.#refuse(this.#pending.line, reason);
    this.#pending = null;
  }

  #refuse(line: number, reason: string): void {
    this.#refused++;
    this.#listener.refused({ line, reason });
  }
}

/** A title in a second line has blanks; an address has none before its headers. */
function looksLikeAddress(line: string): boolean {
  const [address = ''] = line.split('|');
  return (
    /^[a-z][a-z0-9+.-]*:\/\//i.test(line) || (!/\s/.test(address.trim()) && /[/.]/.test(address))
  );
}

const GUIDE_ATTRIBUTES = ['url-tvg', 'x-tvg-url', 'tvg-url'] as const;
const GUIDES_MAX = 5;

/** Each attribute may name several, with commas between them. */
function guidesOf(rest: string): readonly string[] {
  const { attributes } = readInf(rest);
  const named = GUIDE_ATTRIBUTES.flatMap((name) =>
    (attributes.get(name) ?? '').split(/,(?=\s*https?:)/i),
  );
  const urls = named.map((url) => url.trim()).filter((url) => /^https?:\/\/\S+$/i.test(url));
  return [...new Set(urls)].slice(0, GUIDES_MAX);
}

function badPlaylist(reason: string): AppError {
  return new AppError('iptv.bad-playlist', `this is no channel list: ${reason}`);
}
