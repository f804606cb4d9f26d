/** A viewer's channels as those of a network tuner (HDHomeRun), which Plex, Jellyfin and Emby take for live television. */
import { createHash } from 'node:crypto';
import { escapedXml } from '../../../lib/xmltv/write.ts';
import type { Channel } from '../contract.ts';

/** Recorders plan with it where nothing limits the viewer. */
const TUNERS = 6;
const TUNERS_MAX = 255;
const MODEL = 'HDTC-2US';
/** SiliconDust's table for the check digit of a device's id. */
const CHECK_DIGITS = [10, 5, 15, 6, 7, 12, 1, 11, 9, 2, 8, 13, 4, 3, 14, 0] as const;

export interface Tuner {
  readonly name: string;
  readonly version: string;
  /** What the viewer's addresses begin with. */
  readonly url: string;
  readonly token: string;
  /** 0: not limited. */
  readonly streamsMax: number;
}

export function discovery({ name, version, url, token, streamsMax }: Tuner) {
  return {
    FriendlyName: name,
    Manufacturer: 'Sluice',
    ModelNumber: MODEL,
    FirmwareName: 'hdhomeruntc_atsc',
    FirmwareVersion: version,
    DeviceID: deviceId(token),
    DeviceAuth: 'sluice',
    TunerCount: streamsMax === 0 ? TUNERS : Math.min(streamsMax, TUNERS_MAX),
    BaseURL: url,
    LineupURL: `${url}/lineup.json`,
  };
}

/** What devices that are found by UPnP say of themselves; some recorders read it before anything else. */
export function deviceDescription({ name, version, url, token }: Tuner): string {
  const id = deviceId(token);
  return `<?xml version="1.0" encoding="UTF-8"?>
<root xmlns="urn:schemas-upnp-org:device-1-0">
  <specVersion><major>1</major><minor>0</minor></specVersion>
  <URLBase>${escapedXml(url)}</URLBase>
  <device>
    <deviceType>urn:schemas-upnp-org:device:MediaServer:1</deviceType>
    <friendlyName>${escapedXml(name)}</friendlyName>
    <manufacturer>Sluice</manufacturer>
    <modelName>${MODEL}</modelName>
    <modelNumber>${escapedXml(version)}</modelNumber>
    <serialNumber>${id}</serialNumber>
    <UDN>uuid:${id}</UDN>
  </device>
</root>
`;
}

export const LINEUP_STATUS = {
  ScanInProgress: 0,
  ScanPossible: 0,
  Source: 'Cable',
  SourceList: ['Cable'],
};

/** @param urlOf of the channel with this id */
export function lineup(channels: readonly Channel[], urlOf: (channelId: string) => string) {
  const taken = new Set<string>();
  return channels.map((channel) => ({
    GuideNumber: guideNumber(channel, taken),
    GuideName: channel.name,
    URL: urlOf(channel.id),
  }));
}

/** Recorders know a channel by its number: no two have the same one, and nobody's changes with the list. */
function guideNumber({ number, serial }: Channel, taken: Set<string>): string {
  const plain = String(number ?? 0);
  if (number === null || taken.has(plain)) return `${plain}.${serial}`;
  taken.add(plain);
  return plain;
}

/** Eight hexadecimal digits of the token's hash, the last one the check digit without which clients ignore a device. */
export function deviceId(token: string): string {
  const digits = createHash('sha256').update(token).digest('hex').slice(0, 7).toUpperCase();
  const check = Array.from(digits).reduce((sum, digit, at) => {
    const value = parseInt(digit, 16);
    return sum ^ (at % 2 === 0 ? (CHECK_DIGITS[value] ?? 0) : value);
  }, 0);
  return digits + check.toString(16).toUpperCase();
}
