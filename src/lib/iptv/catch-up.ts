/** Addresses of what a channel has shown, in the forms that providers' lists name (those of Kodi's IPTV client). */

export interface CatchUpSource {
  readonly url: string;
  /** `default`, `append`, `shift`, `flussonic`, `xc`; anything else has none. */
  readonly catchupType: string;
  /** The template of `default` and `append`. */
  readonly catchupSource: string;
}

/** Epoch seconds. */
export interface CatchUpSpan {
  readonly startS: number;
  readonly stopS: number;
  readonly nowS: number;
}

const SHIFTED = '{utc}&lutc={lutc}';
const XTREAM = /^(https?:\/\/[^/]+(?:\/.*)?)\/(?:live\/)?([^/]+)\/([^/]+)\/([^/.?]+)(\.\w+)?$/;
const FLUSSONIC = /^(https?:\/\/[^?]+)\/(mpegts|[^/?]*\.m3u8)(\?.*)?$/;
const PLACEHOLDER = /\$?\{(\(?[a-z]\w*\)?)(?::([\w-]+))?\}/gi;

/** Null where the source has no such thing, or says so in a way that is not known. */
export function catchUpUrl(source: CatchUpSource, span: CatchUpSpan): string | null {
  const template = templateOf(source);
  if (template === null) return null;
  const url = template.replaceAll(
    PLACEHOLDER,
    (whole: string, name: string, format?: string) =>
      valueOf(name.replaceAll(/[()]/g, ''), format, span) ?? whole,
  );
  return URL.canParse(url) ? url : null;
}

function templateOf({ url, catchupType, catchupSource }: CatchUpSource): string | null {
  switch (catchupType.toLowerCase()) {
    case 'default':
      return /^https?:\/\//i.test(catchupSource) ? catchupSource : null;
    case 'append':
      return catchupSource === '' ? null : url + catchupSource;
    case 'shift':
    case 'timeshift':
      return `${url}${url.includes('?') ? '&' : '?'}utc=${SHIFTED}`;
    case 'flussonic':
    case 'flussonic-ts':
    case 'flussonic-hls':
    case 'fs':
      return flussonicTemplate(url);
    case 'xc':
      return xtreamTemplate(url);
    default:
      return null;
  }
}

function flussonicTemplate(url: string): string | null {
  const [, base, name, query = ''] = FLUSSONIC.exec(url) ?? [];
  if (base === undefined) return null;
  return name === 'mpegts'
    ? `${base}/timeshift_abs-{utc}.ts${query}`
    : `${base}/timeshift_rel-{offset}.m3u8${query}`;
}

function xtreamTemplate(url: string): string | null {
  const [, given, user, password, id, extension = '.ts'] = XTREAM.exec(url) ?? [];
  if (given === undefined) return null;
  const base = given.replace(/\/live$/, '');
  return `${base}/timeshift/${user}/${password}/{duration:60}/{Y}-{m}-{d}:{H}-{M}/${id}${extension}`;
}

/** Undefined for what is no placeholder. */
function valueOf(
  name: string,
  format: string | undefined,
  { startS, stopS, nowS }: CatchUpSpan,
): string | undefined {
  switch (name.toLowerCase()) {
    case 'utc':
    case 'start':
      return timeOf(startS, format);
    case 'utcend':
    case 'end':
      return timeOf(stopS, format);
    case 'lutc':
    case 'now':
    case 'timestamp':
      return timeOf(nowS, format);
    case 'duration':
      return divided(stopS - startS, format);
    case 'offset':
      return divided(nowS - startS, format);
    default:
      return /^[YmdHMS]$/.test(name) && format === undefined ? partOf(startS, name) : undefined;
  }
}

function timeOf(atS: number, format: string | undefined): string {
  return format === undefined
    ? String(atS)
    : format.replaceAll(/[YmdHMS]/g, (letter) => partOf(atS, letter));
}

function divided(seconds: number, divisor: string | undefined): string {
  const by = Number(divisor ?? 1);
  return String(Math.max(1, Math.round(seconds / (by > 0 ? by : 1))));
}

function partOf(atS: number, letter: string): string {
  const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = new Date(
    atS * 1000,
  )
    .toISOString()
    .split(/[-T:.]/);
  const parts: Readonly<Record<string, string>> = { Y: year, m: month, d: day, H: hour, M: minute };
  return parts[letter] ?? second;
}
