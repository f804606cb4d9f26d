/** Settings that suit many people as they are: where the configure page lets them begin. */
import type { JsonObject } from '../../lib/json/json-value.ts';

export interface Preset {
  readonly id: string;
  readonly name: string;
  /** For whom it is. */
  readonly description: string;
  /** Fields of a configuration; what its group has beside these is at its default. */
  readonly settings: JsonObject;
}

/** Presets of which one is in force; those of different groups go together. */
export interface PresetGroup {
  readonly id: string;
  readonly name: string;
  /** Fields that a preset of the group sets or takes back. */
  readonly keys: readonly string[];
  readonly presets: readonly Preset[];
}

const GB = 1024 ** 3;

export const PRESET_GROUPS: readonly PresetGroup[] = [
  {
    id: 'picture',
    name: 'Picture and size',
    keys: ['sr', 'qf', 'hf', 'ms', 'mns', 'mes', 'mnes', 'mxs', 'mspr', 'mspt', 'tsp'],
    presets: [
      {
        id: 'balanced',
        name: 'Balanced',
        description: 'The best picture first, a few of each resolution.',
        settings: {},
      },
      {
        id: 'everything',
        name: 'Everything',
        description: 'As many streams as there can be, of every kind.',
        settings: { mxs: 100, mspr: 0 },
      },
      {
        id: 'phone',
        name: 'Phone, small files',
        description: 'Up to 1080p, small files first, no cinema recordings.',
        settings: {
          sr: ['1080p', '720p', '576p', '480p', '360p', '240p'],
          qf: ['BluRay/UHD', 'WEB/HD', 'DVD/TV/SAT', 'Unknown'],
          ms: 4 * GB,
          mes: 1.5 * GB,
          tsp: [
            { k: 'cached' },
            { k: 'resolution' },
            { k: 'language' },
            { k: 'size', d: 'asc' },
            { k: 'seeders' },
          ],
        },
      },
      {
        id: 'cinema',
        name: '4K home cinema',
        description: 'Discs and web releases in 4K and 1080p, HDR and lossless sound first.',
        settings: {
          sr: ['2160p', '1080p'],
          qf: ['BluRay/UHD', 'WEB/HD'],
          mspr: 20,
          tsp: [
            { k: 'cached' },
            { k: 'resolution' },
            { k: 'quality' },
            { k: 'hdr' },
            { k: 'audio' },
            { k: 'language' },
            { k: 'size' },
            { k: 'seeders' },
          ],
        },
      },
    ],
  },
  {
    id: 'audience',
    name: 'Who watches',
    keys: ['nf', 'cf'],
    presets: [
      {
        id: 'adults',
        name: 'Adults',
        description: 'Hides only the most explicit titles.',
        settings: {},
      },
      {
        id: 'family',
        name: 'Family',
        description: 'Hides titles for adults. Titles that nobody has rated stay.',
        settings: { nf: ['Moderate', 'Severe'], cf: ['Adults', 'Adults+'] },
      },
      {
        id: 'children',
        name: 'Children',
        description: 'Hides what is for teens and adults, and what nobody has rated.',
        settings: {
          nf: ['Mild', 'Moderate', 'Severe'],
          cf: ['Teens', 'Adults', 'Adults+', 'Unknown'],
        },
      },
    ],
  },
];
