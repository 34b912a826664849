/* The symbol of a strike. Colour: depth. Shape: direction of fire. Mark: status. Hollow: the place is imprecise. */

import CONSTANTS from '../constants.json' with { type: 'json' };
import { el, pixelRatio, styleValue, UI_FONT } from './dom.js';
import { shortNumber } from './texts.js';

export const ROUGH_PRECISION = CONSTANTS.rough_precision;
/** The marks of the statuses, as paths in units of a symbol's radius. */
export const MARKS = new Map(Object.entries(CONSTANTS.status_marks).map(([status, path]) => [
  status, { outline: new Path2D(path), filled: path.endsWith('Z') }]));

export const palette = {
  /** Read the colours of the current theme once: reading styles at every step would cost more than drawing. */
  read() {
    this.fill = CONSTANTS.depth_colours.map((name) => styleValue(`--gs-${name}`));
    this.text = CONSTANTS.depth_colours.map((name) => styleValue(`--gs-${name}-text`));
    this.edge = CONSTANTS.depth_colours.map((name) => styleValue(`--gs-${name}-edge`) || styleValue('--gs-halo'));
    this.halo = styleValue('--gs-halo');
    this.ink = styleValue('--gs-ink');
    this.faint = styleValue('--gs-faint');
    this.dim = styleValue('--gs-dim');
    this.line = styleValue('--gs-line');
  },
};

/** Trace a shape: 0 circle, 1 diamond, 2 triangle, 3 square; all have about the same area. */
export function tracePath(context, shape, x, y, r) {
  context.beginPath();
  if (shape === 0) context.arc(x, y, r, 0, 2 * Math.PI);
  else {
    const [sides, turn, size] = [[0, 0, 0], [4, 0, 1.22], [3, -Math.PI / 2, 1.38], [4, Math.PI / 4, 1.24]][shape];
    for (let k = 0; k < sides; k++) {
      const angle = turn + (k * 2 * Math.PI) / sides;
      context.lineTo(x + size * r * Math.cos(angle), y + size * r * Math.sin(angle));
    }
    context.closePath();
  }
}

function drawMark(context, mark, x, y, r) {
  if (!mark) return;
  const outline = new Path2D();
  outline.addPath(mark.outline, { a: r, d: r, e: x, f: y });
  context[mark.filled ? 'fill' : 'stroke'](outline);
}

/** Draw the symbol of one strike. */
export function drawStrike(context, look, x, y, r) {
  const { depthClass, shape, status, rough, undated } = look;
  tracePath(context, shape, x, y, r);
  context.lineWidth = 1.25 + 2.5;
  context.strokeStyle = palette.halo;
  context.stroke();
  context.fillStyle = rough ? palette.halo : palette.fill[depthClass];
  context.fill();
  context.lineWidth = rough ? 2.2 : 1.25;
  context.strokeStyle = rough ? palette.fill[depthClass] : palette.edge[depthClass];
  if (undated) context.setLineDash([3, 2]);
  context.stroke();
  context.setLineDash([]);
  const ink = rough ? palette.ink : palette.text[depthClass];
  context.fillStyle = ink;
  context.strokeStyle = ink;
  context.lineWidth = 1.8;
  drawMark(context, MARKS.get(status), x, y, r);
}

/** Draw the count of strikes that are too close together, and return the font. */
export function drawCount(context, bubble, fontBefore) {
  const { depthClass, shape, x, y, r, n } = bubble;
  tracePath(context, shape, x, y, r);
  context.globalAlpha = 0.93;
  context.fillStyle = palette.fill[depthClass];
  context.fill();
  context.globalAlpha = 1;
  context.lineWidth = 1.25;
  context.strokeStyle = palette.edge[depthClass];
  context.stroke();
  const font = `600 ${r > 19 ? 13 : r > 13 ? 11.5 : 10}px ${UI_FONT}`;
  if (font !== fontBefore) context.font = font; // bubbles are drawn largest first, so that it changes twice
  context.fillStyle = palette.text[depthClass];
  context.fillText(shortNumber(n), x, y + 0.5);
  return font;
}

/** Draw thousands of strikes as dots, larger where there are several: cached images on whole pixels. */
export function drawDots(context, bubbles) {
  const ratio = pixelRatio();
  const pictures = new Map();
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  for (const { depthClass, shape, x, y, r } of bubbles) {
    const pixels = Math.round(r * ratio);
    const key = (depthClass * 8 + shape) * 64 + pixels;
    let picture = pictures.get(key);
    if (!picture) pictures.set(key, picture = dotPicture(depthClass, shape, pixels));
    context.drawImage(picture, Math.round(x * ratio) - pixels - 2, Math.round(y * ratio) - pixels - 2);
  }
  context.restore();
}

function dotPicture(depthClass, shape, r) {
  const side = 2 * r + 5;
  const canvas = el('canvas', { width: side, height: side });
  const context = canvas.getContext('2d');
  tracePath(context, shape, side / 2, side / 2, r);
  context.fillStyle = palette.fill[depthClass];
  context.fill();
  context.lineWidth = 0.75;
  context.strokeStyle = palette.edge[depthClass];
  context.stroke();
  return canvas;
}

/** A symbol for the legend, drawn like those on the map. */
export function swatch(look, size = 20) {
  const ratio = pixelRatio();
  const canvas = el('canvas', { class: 'gs-swatch', width: size * ratio, height: size * ratio, 'aria-hidden': 'true' });
  canvas.style.width = canvas.style.height = `${size}px`;
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  drawStrike(context, look, size / 2, size / 2 + (look.shape === 2 ? 1 : 0), size * 0.33);
  return canvas;
}
