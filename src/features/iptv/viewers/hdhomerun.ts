/** A viewer's channels as those of a network tuner (HDHomeRun), which Plex, Jellyfin and Emby take for live television. */
import { createHash } from 'node:crypto';
import type { Channel } from '../contract.ts';

/** Recorders plan with it; nothing here counts what plays. */
const TUNERS = 6;
/** SiliconDust's table for the check digit of a device's id. */
const CHECK_DIGITS = [10, 5, 15, 6, 7, 12, 1, 11, 9, 2, 8, 13, 4, 3, 14, 0] as const;

export function discovery(name: string, version: string, viewerUrl: string, token: string) {
  return {
    FriendlyName: name,
    Manufacturer: 'Sluice',
    ModelNumber: 'HDTC-2US',
    FirmwareName: 'hdhomeruntc_atsc',
    FirmwareVersion: version,
    DeviceID: deviceId(token),
    DeviceAuth: 'sluice',
    TunerCount: TUNERS,
    BaseURL: viewerUrl,
    LineupURL: `${viewerUrl}/lineup.json`,
  };
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
