/** The library's names → ours (data vocabulary of docs/release-titles.md). */

export const QUALITIES: ReadonlyMap<string, string> = new Map([['DLMux', 'WEBMux']]);

export const CODECS: ReadonlyMap<string, string> = new Map([
  ['x264', 'avc'],
  ['h264', 'avc'],
  ['avc', 'avc'],
  ['x265', 'hevc'],
  ['h265', 'hevc'],
  ['hevc', 'hevc'],
  ['mpeg-2', 'mpeg2'],
]);

export const AUDIO: ReadonlyMap<string, string> = new Map([
  ['DD', 'AC3'],
  ['DDP', 'EAC3'],
  ['OPUS', 'Opus'],
  ['HQ', 'HQ Clean Audio'],
]);

export const LANGUAGE_FLAGS: ReadonlyMap<string, string> = new Map([
  ['multi audio', 'multi-audio'],
  ['dual audio', 'dual-audio'],
  ['multi subs', 'multi-subs'],
]);

export const LANGUAGE_CODES: ReadonlyMap<string, string> = new Map([['zh-tw', 'zh-TW']]);

export const NETWORKS: ReadonlyMap<string, string> = new Map([
  ['Prime Video', 'Amazon'],
  ['Paramount+', 'Paramount'],
  ['Disney+', 'Disney'],
  ['HBO Max', 'HBO'],
]);

export const RESOLUTIONS: ReadonlyMap<string, string> = new Map([
  ['4k', '2160p'],
  ['2k', '1440p'],
]);

export const CHANNELS: ReadonlyMap<string, string> = new Map([
  ['stereo', '2.0'],
  ['mono', '1.0'],
  ['[2-0]', '2.0'],
]);

export const EDITIONS: ReadonlyMap<string, string> = new Map([
  ['Theatrical', 'Theatrical Edition'],
]);
