/** For whom a title is, from the labels of the countries whose scales are clearest. */
import type { Certificate } from '../../../lib/vocabulary.ts';

interface Label {
  readonly country: string;
  readonly label: string;
}

/** In the order in which they are believed. */
const SCALES: readonly (readonly [country: string, Readonly<Record<string, Certificate>>])[] = [
  [
    'US',
    {
      G: 'All Ages',
      'TV-G': 'All Ages',
      'TV-Y': 'Children',
      'TV-Y7': 'Children',
      PG: 'Parental Guidance',
      'TV-PG': 'Parental Guidance',
      'PG-13': 'Teens',
      'TV-14': 'Teens',
      R: 'Adults',
      'TV-MA': 'Adults',
      'NC-17': 'Adults+',
    },
  ],
  [
    'GB',
    {
      U: 'All Ages',
      PG: 'Parental Guidance',
      '12': 'Teens',
      '12A': 'Teens',
      '15': 'Teens',
      '18': 'Adults',
      R18: 'Adults+',
    },
  ],
  [
    'DE',
    { '0': 'All Ages', '6': 'Children', '12': 'Parental Guidance', '16': 'Teens', '18': 'Adults' },
  ],
];

/** Unknown where none of these countries has given one. */
export function certificateOf(labels: readonly Label[]): Certificate {
  for (const [country, scale] of SCALES) {
    for (const found of labels) {
      const certificate = found.country === country ? scale[found.label] : undefined;
      if (certificate !== undefined) return certificate;
    }
  }
  return 'Unknown';
}
