/**
 * Colours of a title: always the same for the same text, chosen in OKLCH, where equal lightness looks
 * equally light in every hue (https://bottosson.github.io/posts/oklab/). So white text reads on all of them.
 */

export interface Palette {
  /** Top left and bottom right of the ground. */
  readonly light: string;
  readonly dark: string;
  /** Below the title. */
  readonly night: string;
  /** For shapes on the ground. */
  readonly shape: string;
  /** Three shades from the ground to the night, for what lies behind each other. */
  readonly depths: readonly [far: string, middle: string, near: string];
  /** For the mark above the title and the year. */
  readonly accent: string;
}

/** Hues in degrees: light side, dark side, accent. Greenish yellows are left out: dark, they look like mud. */
const SCHEMES: readonly (readonly [light: number, dark: number, accent: number])[] = [
  [265, 300, 85],
  [300, 340, 80],
  [345, 370, 85],
  [20, -10, 90],
  [42, 15, 95],
  [62, 30, 100],
  [152, 195, 105],
  [180, 225, 95],
  [205, 255, 85],
  [228, 275, 80],
  [245, 295, 350],
  [195, 165, 60],
  [325, 280, 195],
  [8, -55, 70],
  [258, 220, 165],
  [138, 165, 95],
  [285, 250, 190],
  [355, 320, 60],
];

export type Rgb = readonly [red: number, green: number, blue: number];

/** FNV-1a, 32 bits, over UTF-16 code units; stirred, because similar titles differ in the low bits only. */
export function titleHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

export function paletteOf(hash: number): Palette {
  const [light, dark, accent] = SCHEMES[hash % SCHEMES.length] ?? [265, 300, 85];
  const shift = ((hash >>> 8) % 17) - 8;
  const middle = (light + dark) / 2;
  return {
    light: css(oklch(0.56, 0.15, light + shift)),
    dark: css(oklch(0.3, 0.11, dark + shift)),
    night: css(oklch(0.17, 0.05, dark + shift)),
    shape: css(oklch(0.7, 0.14, light + shift)),
    depths: [
      css(oklch(0.44, 0.13, middle + shift)),
      css(oklch(0.36, 0.115, dark + shift)),
      css(oklch(0.27, 0.09, dark + shift)),
    ],
    accent: css(oklch(0.86, 0.13, accent + shift)),
  };
}

/** sRGB (0 … 255) of an OKLCH colour; chroma is lowered until the colour exists in sRGB. */
export function oklch(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  for (let c = chroma; ; c -= 0.01) {
    const linear = oklabToLinear(
      lightness,
      Math.max(c, 0) * Math.cos(hue),
      Math.max(c, 0) * Math.sin(hue),
    );
    if (c <= 0 || linear.every((part) => part >= -0.001 && part <= 1.001)) {
      const [red, green, blue] = linear;
      return [toByte(red), toByte(green), toByte(blue)];
    }
  }
}

function oklabToLinear(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** The sRGB transfer curve (IEC 61966-2-1). */
function toByte(linear: number): number {
  const clamped = Math.min(Math.max(linear, 0), 1);
  const encoded = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}
