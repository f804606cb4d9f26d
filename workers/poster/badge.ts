/** The rating badge: a star and a number on a dark pill, our own drawing, in no service's colours. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import { prepareText } from './fonts.ts';

const LEFT_PX = 12;
const TOP_PX = 12;
const HEIGHT_PX = 30;
const STAR_RADIUS_PX = 8;
const TEXT_SIZE_PX = 17;

/** @param rating 0 to 10 */
export function drawBadge(context: SKRSContext2D, rating: number): void {
  const { text, family } = prepareText(Math.min(rating, 10).toFixed(1));
  context.save();
  context.font = `700 ${TEXT_SIZE_PX}px ${family}`;
  context.direction = 'ltr';
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  const width = 34 + Math.ceil(context.measureText(text).width) + 11;
  const middle = TOP_PX + HEIGHT_PX / 2;
  context.beginPath();
  context.roundRect(LEFT_PX, TOP_PX, width, HEIGHT_PX, HEIGHT_PX / 2);
  context.fillStyle = 'rgba(13, 14, 20, 0.82)';
  context.fill();
  context.strokeStyle = 'rgba(255, 255, 255, 0.22)';
  context.lineWidth = 1;
  context.stroke();
  context.fillStyle = '#ffb938';
  drawStar(context, LEFT_PX + 19, middle + 0.5);
  context.fillStyle = '#fff';
  context.fillText(text, LEFT_PX + 34, middle + TEXT_SIZE_PX * 0.36);
  context.restore();
}

/** Five points; the inner radius of 0.45 makes it a little plumper than the regular star (0.38). */
function drawStar(context: SKRSContext2D, x: number, y: number): void {
  context.beginPath();
  for (let corner = 0; corner < 10; corner++) {
    const radius = corner % 2 === 0 ? STAR_RADIUS_PX : STAR_RADIUS_PX * 0.45;
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
  context.fill();
}
