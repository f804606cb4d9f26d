/** Configurations for tests: the typical one with three providers, and one that uses every field. */
import type { JsonObject } from '../../src/lib/json/json-value.ts';

/** What most users set up: three providers with tokens as they look, some filters, an order, some catalogues. */
export const TYPICAL_CONFIG: JsonObject = {
  sps: [
    { sv: 'realdebrid', tk: 'Q7ZPJ4WTXK2M5VB6NRYHGDCA3EFS7LUIOQ8W1ZX9VTKYPBMSJHGD', pr: 1 },
    { sv: 'torbox', tk: '0d4f7e21-9b3c-4a58-8e6d-2f1c7a9b5e30', pr: 2, oscs: true },
    { sv: 'premiumize', tk: 'p8k3m2x9v7c1b4n6', pr: 3 },
  ],
  cc: [
    { ci: 'movie.latest' },
    { ci: 'series.latest' },
    { ci: 'movie.popular', s: 'popular', o: 'desc' },
    { ci: 'movie.search' },
  ],
  sr: ['2160p', '1080p', '720p'],
  qf: ['BluRay/UHD', 'WEB/HD', 'Unknown'],
  ls: ['English', 'French', 'German', null],
  tsp: [
    { k: 'cached' },
    { k: 'resolution' },
    { k: 'language' },
    { k: 'size', d: 'asc' },
    { k: 'seeders' },
  ],
  ms: 21474836480,
  mns: 104857600,
  mxs: 40,
  mspr: 8,
  snfm: 'exclude',
  snfp: ['cam', 'telesync', '3D'],
  nf: ['Severe', 'Moderate'],
  cf: ['Adults+'],
};

/** Short texts that no other text holds: they must never come out of the server again. */
export function canarySecrets(): {
  readonly config: JsonObject;
  readonly secrets: readonly string[];
} {
  const secrets: string[] = [];
  const canary = (name: string): string => {
    const secret = `CANARY${name.toUpperCase()}${'x7Kq9'.repeat(2)}`;
    secrets.push(secret);
    return secret;
  };
  const config: JsonObject = {
    ap: canary('ap'),
    sps: [
      { sv: 'realdebrid', tk: canary('token') },
      { sv: 'pikpak', em: `${canary('mail')}@example.org`, pw: canary('password') },
      {
        sv: 'qbittorrent',
        qbc: {
          qur: `https://user:${canary('url')}@host.example/`,
          qpw: canary('qbittorrent'),
          wpw: canary('webdav'),
        },
      },
      { sv: 'nzbget', ngc: { u: 'https://nzb.example', un: 'someone', pw: canary('nzbget') } },
    ],
    ic: {
      pr: {
        u: `https://prowlarr.example/?apikey=${canary('query')}`,
        ak: canary('prowlarr'),
        en: true,
      },
      tz: [{ u: 'https://torznab.example/api', h: { 'X-Api-Key': canary('header') } }],
      nz: [{ u: 'https://newznab.example', ak: canary('newznab') }],
    },
    mfc: { pu: 'https://proxy.example', ap: canary('mediaflow') },
    rpc: { ak: canary('rpdb') },
    tmdb: { ak: canary('tmdb') },
    tvdb: { ak: canary('tvdb') },
    mdb: { ak: canary('mdblist') },
    someFutureKey: { token: canary('unknown') },
  };
  return { config, secrets };
}
