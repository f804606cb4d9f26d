/** Shapes on the ground of a placeholder: quiet, drawn from a title's hash, different from title to title. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import { HEIGHT_PX, WIDTH_PX } from './frame.ts';
import type { Palette } from './palette.ts';

/** Numbers from 0 to 1, always the same ones for one seed (mulberry32). */
export type Random = () => number;

export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Motif = (context: SKRSContext2D, palette: Palette, random: Random) => void;

const MOTIFS: readonly Motif[] = [hills, rings, discs, beams, halftone];

/** Draws the motif that the first random number picks. */
export function drawMotif(context: SKRSContext2D, palette: Palette, random: Random): void {
  const motif = MOTIFS[Math.floor(random() * MOTIFS.length)] ?? hills;
  context.save();
  motif(context, palette, random);
  context.restore();
}

/** A sun over three ranges. */
function hills(context: SKRSContext2D, palette: Palette, random: Random): void {
  const sunX = WIDTH_PX * (0.28 + 0.44 * random());
  const sunRadius = 40 + 22 * random();
  context.globalAlpha = 0.9;
  context.fillStyle = palette.accent;
  disc(context, sunX, 132, sunRadius);
  context.globalAlpha = 1;
  for (const [range, shade] of palette.depths.entries()) {
    const phase = random() * 2 * Math.PI;
    const waves = 1 + random() * 1.2;
    const base = 165 + range * 48;
    context.fillStyle = shade;
    context.beginPath();
    context.moveTo(0, HEIGHT_PX);
    for (let x = 0; x <= WIDTH_PX; x += 4) {
      const angle = (x / WIDTH_PX) * waves * 2 * Math.PI + phase;
      context.lineTo(x, base + (26 - 5 * range) * Math.sin(angle) + 7 * Math.sin(2.3 * angle));
    }
    context.lineTo(WIDTH_PX, HEIGHT_PX);
    context.fill();
  }
}

/** Circles around a point near a corner, like waves on water. */
function rings(context: SKRSContext2D, palette: Palette, random: Random): void {
  const x = random() < 0.5 ? WIDTH_PX * 0.15 : WIDTH_PX * 0.85;
  const y = 60 + 60 * random();
  context.strokeStyle = palette.shape;
  for (let ring = 0; ring < 9; ring++) {
    context.globalAlpha = 0.6 - 0.055 * ring;
    context.lineWidth = 9 - 0.4 * ring;
    context.beginPath();
    context.arc(x, y, 26 + ring * 27, 0, 2 * Math.PI);
    context.stroke();
  }
  context.globalAlpha = 0.95;
  context.fillStyle = palette.accent;
  disc(context, x, y, 11);
}

/** Three large discs that shine through each other. */
function discs(context: SKRSContext2D, palette: Palette, random: Random): void {
  const turn = random() * 2 * Math.PI;
  const colors = [palette.shape, palette.accent, palette.shape];
  colors.forEach((color, index) => {
    const angle = turn + (index * 2 * Math.PI) / 3;
    context.globalAlpha = index === 1 ? 0.42 : 0.5;
    context.fillStyle = color;
    disc(
      context,
      WIDTH_PX / 2 + 52 * Math.cos(angle),
      140 + 46 * Math.sin(angle),
      74 + 14 * random(),
    );
  });
}

/** Light from above, as from a projector. */
function beams(context: SKRSContext2D, palette: Palette, random: Random): void {
  const x = WIDTH_PX * (0.2 + 0.6 * random());
  const first = 0.25 * Math.PI + 0.1 * random();
  for (let beam = 0; beam < 6; beam++) {
    const angle = first + beam * 0.095 * Math.PI;
    const shade = context.createRadialGradient(x, -30, 20, x, -30, 430);
    shade.addColorStop(0, beam % 2 === 0 ? palette.accent : palette.shape);
    shade.addColorStop(1, 'rgba(0, 0, 0, 0)');
    context.globalAlpha = beam % 2 === 0 ? 0.55 : 0.3;
    context.fillStyle = shade;
    context.beginPath();
    context.moveTo(x, -30);
    context.arc(x, -30, 480, angle, angle + 0.075 * Math.PI);
    context.fill();
  }
}

/** Dots that grow towards a bright spot. */
function halftone(context: SKRSContext2D, palette: Palette, random: Random): void {
  const spotX = WIDTH_PX * random();
  const spotY = 20 + 120 * random();
  const step = 20;
  context.fillStyle = palette.shape;
  for (let row = 0; row * step < 330; row++) {
    for (let column = 0; column * step <= WIDTH_PX + step; column++) {
      const x = column * step + (row % 2) * (step / 2);
      const nearness = 1 - Math.hypot(x - spotX, row * step - spotY) / 300;
      if (nearness <= 0.05) continue;
      context.globalAlpha = 0.25 + 0.6 * nearness;
      disc(context, x, row * step, 1 + 8.5 * nearness);
    }
  }
}

function disc(context: SKRSContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
