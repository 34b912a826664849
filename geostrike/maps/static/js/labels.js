/* Names on the map, drawn in one pass so that they do not overlap: bands, countries, cities by size. */

import { CanvasLayer } from './canvas.js';
import { styleValue, UI_FONT } from './dom.js';

const labelSources = new Set();

export const Labels = CanvasLayer.extend({
  options: { pane: 'gs-labels', zIndex: 420, padding: 0.2, className: 'leaflet-zoom-hide' },

  /** `items(zoom)` returns {text, latLng, style} in order of importance. */
  initialize(items, rank) {
    this.items = items;
    this.rank = rank;
  },

  onAdd(map) {
    labelSources.add(this);
    CanvasLayer.prototype.onAdd.call(this, map);
  },

  onRemove() {
    labelSources.delete(this);
    CanvasLayer.prototype.onRemove.call(this);
    redrawLabels();
  },

  getEvents() {
    return { moveend: this.place, resize: this.place };
  },

  onPlace() {
    redrawLabels();
  },

  write(taken) {
    if (!this.view) return;
    const { corner, width, height, zoom } = this.view;
    const context = this.clean();
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    const styles = labelStyles();
    const symbols = symbolBoxes(this._map, corner);
    for (const item of this.items(zoom)) {
      const point = this._map.latLngToLayerPoint(item.latLng).subtract(corner);
      if (point.x < 0 || point.y < 0 || point.x > width || point.y > height) continue;
      drawLabel(context, item.text, point, styles[item.style], taken, symbols);
    }
  },
});

function labelStyles() {
  const halo = styleValue('--gs-land');
  return {
    country: { font: `600 11px ${UI_FONT}`, ink: styleValue('--gs-country-label'), halo, spacing: '1.6px', centred: true },
    city: { font: `12px ${UI_FONT}`, ink: styleValue('--gs-city-label'), halo, spacing: '0px', dot: 1.8 },
    capital: { font: `600 12.5px ${UI_FONT}`, ink: styleValue('--gs-city-label'), halo, spacing: '0px', dot: 2.3 },
    band: { font: `600 11px ${UI_FONT}`, ink: styleValue('--gs-band-label'), halo, spacing: '0px', centred: true },
  };
}

/** The boxes of strike symbols, which names avoid. */
function symbolBoxes(map, corner) {
  const boxes = [];
  map.eachLayer((layer) => {
    if (!layer.bubbles || !layer.view) return;
    const shift = layer.view.corner.subtract(corner);
    for (const { x, y, r } of layer.bubbles.slice(0, 500)) {
      boxes.push([x + shift.x - r, y + shift.y - r, x + shift.x + r, y + shift.y + r]);
    }
  });
  return boxes;
}

const overlaps = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** The share of a box that is covered by others. */
const coveredShare = (box, others) => others.reduce((sum, other) => sum
  + Math.max(0, Math.min(box[2], other[2]) - Math.max(box[0], other[0]))
  * Math.max(0, Math.min(box[3], other[3]) - Math.max(box[1], other[1])), 0)
  / ((box[2] - box[0]) * (box[3] - box[1]));

/** The box for a name next to its point, free of other names and (nearly) of symbols; undefined if there is none. */
function labelPlace(point, width, style, taken, symbols) {
  const around = style.centred ? [[-width / 2, 0]]
    : [[6, 0], [13, 0], [-width - 6, 0], [-width - 13, 0]];
  const boxes = around.map(([dx, dy]) => (
    [point.x + dx - 3, point.y + dy - 8, point.x + dx + width + 3, point.y + dy + 8]));
  const free = boxes.filter((box) => !taken.some((other) => overlaps(box, other)));
  return free.find((box) => !symbols.some((symbol) => overlaps(box, symbol)))
    || free.find((box) => coveredShare(box, symbols) < 0.12);
}

function drawLabel(context, text, point, style, taken, symbols) {
  context.font = style.font;
  context.letterSpacing = style.spacing;
  const width = context.measureText(text).width;
  const box = labelPlace(point, width, style, taken, symbols);
  if (!box) return;
  taken.push(box);
  const [left, middle] = [box[0] + 3, (box[1] + box[3]) / 2];
  context.strokeStyle = style.halo;
  context.lineWidth = 3.2;
  context.globalAlpha = 0.85;
  context.strokeText(text, left, middle);
  context.globalAlpha = 1;
  context.fillStyle = style.ink;
  context.fillText(text, left, middle);
  if (style.dot) {
    context.beginPath();
    context.arc(point.x, point.y, style.dot, 0, 2 * Math.PI);
    context.fill();
  }
}

let labelFrame = 0;
export function redrawLabels() {
  if (labelFrame) return;
  labelFrame = requestAnimationFrame(() => {
    labelFrame = 0;
    const taken = [];
    for (const source of [...labelSources].toSorted((a, b) => a.rank - b.rank)) source.write(taken);
  });
}
