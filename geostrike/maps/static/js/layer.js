/* The Leaflet layer that draws the strikes of the current window on one canvas. */

import { CanvasLayer } from './canvas.js';
import { openDetails } from './details.js';
import { el } from './dom.js';
import { Filter } from './filter.js';
import { Grid, SYMBOL_RADIUS } from './grid.js';
import { Strikes, WORLD } from './strikes.js';
import { drawCount, drawDots, drawStrike, palette, ROUGH_PRECISION, tracePath } from './symbols.js';
import { number, t } from './texts.js';
import { block, blockJson, fromBase64, outline, unzip } from './unpack.js';

const MOST_OUTLINED = 400; // above this number of strikes in the window, discs and areas would hide the map

export const StrikeLayer = CanvasLayer.extend({
  options: { pane: 'gs-strikes', zIndex: 450, padding: 0.12, className: 'gs-canvas leaflet-zoom-animated' },

  initialize(name) {
    this.name = name;
    this.ready = this._load();
  },

  async _load() {
    const meta = JSON.parse((await block(`${this.name}-meta`)).textContent);
    const numbers = await block(`${this.name}-numbers`);
    const strikes = new Strikes(meta, await unzip(fromBase64(numbers.textContent)));
    numbers.remove();
    strikes.places = await blockJson(`${this.name}-names`);
    const areas = await blockJson(`${this.name}-areas`);
    this.areas = new Map(Object.entries(areas.areas).map(([id, polygons]) => [
      id, polygons.map((rings) => rings.map((ring) => outline(ring, areas.precision)))]));
    strikes.texts = block(`${this.name}-texts`); // the longest part, which is not needed yet
    this.strikes = strikes;
    this.filter = new Filter(strikes);
    this.grid = new Grid(strikes, this.filter);
    this.grid.window = [0, Math.max(0, strikes.days - 1)];
    this.held = true;
    return this;
  },

  getEvents() {
    return {
      ...CanvasLayer.prototype.getEvents.call(this), mousemove: this._hover, mouseout: this._leave, click: this._click,
    };
  },

  /** Start drawing: the page has its initial view and window. */
  startDrawing() {
    this.held = false;
    this.place();
  },

  /** After a move of the map: recompute the cells for the new view. */
  onPlace() {
    if (!this.strikes || this.held) return;
    this.grid.place(this.view);
    this._rescale();
    this.draw();
  },

  /** The area of a bubble is proportional to its count, on a scale that does not change while the window moves. */
  _rescale() {
    const [first, last] = this.grid.window;
    this._length = last - first + 1;
    this._most = this.grid.cell ? this.grid.busiest(this._length) : 1;
  },

  radius(n) {
    if (this.grid.dots) return Math.min(6, 2.75 + Math.log2(n) / 2);
    if (n === 1) return SYMBOL_RADIUS;
    const largest = Math.max(13, this.grid.size * 0.62);
    return Math.min(largest, 9 + (largest - 9) * Math.sqrt((n - 1) / Math.max(12, this._most - 1)));
  },

  setWindow(first, last) {
    this.grid.setWindow(first, last);
    this.draw();
  },

  /** After the last move of the window: rescale if its length has changed. */
  settle() {
    const [first, last] = this.grid.window;
    if (!this.view || last - first + 1 === this._length) return;
    this._rescale();
    this.draw();
  },

  /** Redraw after a change of the filter. */
  refilter() {
    this.filter.recount();
    if (!this.view || this.held) return;
    this.grid.rebuild();
    this._rescale();
    this.draw();
  },

  restyle() {
    palette.read();
    this.draw();
  },

  draw() {
    if (!this.view || !this.grid.cell) return;
    const context = this.clean();
    this._drawUncertainty(context);
    this.bubbles = this.grid.bubbles((n) => this.radius(n));
    if (this.grid.dots) drawDots(context, this.bubbles);
    else this._drawBubbles(context);
    if (this._hot) this._drawRing(context);
    this.fire('drawn');
  },

  _drawBubbles(context) {
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    let font = '';
    for (const bubble of this.bubbles) {
      if (bubble.row < 0) font = drawCount(context, bubble, font);
      else drawStrike(context, this.look(bubble.row), bubble.x, bubble.y, bubble.r);
    }
  },

  look(i) {
    const { strikes } = this;
    return {
      depthClass: strikes.depthClass[i], shape: strikes.shape[i], status: strikes.words.status[strikes.status[i]],
      rough: strikes.geo_precision[i] >= ROUGH_PRECISION, undated: strikes.start[i] < 0,
    };
  },

  _drawRing(context) {
    const bubble = this.bubbles.find((other) => other.cells[0] === this._hot.cells[0]);
    if (!bubble) return;
    context.lineWidth = 2.5;
    context.strokeStyle = palette.ink;
    tracePath(context, bubble.shape, bubble.x, bubble.y, bubble.r + 3);
    context.stroke();
  },

  /** Draw the uncertainty of places: the area of a region, or the disc of a radius. */
  _drawUncertainty(context) {
    const { strikes, grid, filter } = this;
    if (filter.count(filter.drawn, ...grid.window) > MOST_OUTLINED) return;
    const seen = new Set();
    for (const i of filter.rows(...grid.window)) {
      if (!strikes.located(i) || grid.cell[i] < 0) continue;
      const key = `${strikes.place[i]} ${strikes.depthClass[i]} ${strikes.radius[i]}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (this._traceUncertainty(context, i)) {
        const colour = palette.edge[strikes.depthClass[i]] || palette.fill[strikes.depthClass[i]];
        context.globalAlpha = 0.13;
        context.fillStyle = palette.fill[strikes.depthClass[i]];
        context.fill('evenodd');
        context.globalAlpha = 0.75;
        context.lineWidth = 1.2;
        context.strokeStyle = colour === palette.halo ? palette.fill[strikes.depthClass[i]] : colour;
        context.setLineDash([4, 3]);
        context.stroke();
        context.setLineDash([]);
        context.globalAlpha = 1;
      }
    }
  },

  _traceUncertainty(context, i) {
    const { strikes, grid } = this;
    const area = this.areas.get(strikes.places.place_id[strikes.place[i]]);
    if (area) {
      context.beginPath();
      for (const ring of area.flat()) {
        ring.forEach((point, k) => context[k ? 'lineTo' : 'moveTo'](...this._canvasPoint(point)));
        context.closePath();
      }
      return true;
    }
    const latitude = (strikes.latitude(strikes.y[i]) * Math.PI) / 180;
    const pixels = (strikes.radius[i] / 10 / (40075 * Math.cos(latitude))) * WORLD * grid.scale;
    if (pixels < SYMBOL_RADIUS + 2) return false;
    context.beginPath();
    context.arc(strikes.x[i] * grid.scale - grid.origin.x, strikes.y[i] * grid.scale - grid.origin.y, pixels, 0, 7);
    return true;
  },

  _canvasPoint(latLng) {
    const point = this._map.project(latLng, this.view.zoom).subtract(this.view.origin);
    return [point.x, point.y];
  },

  // --- pointing at strikes ---

  bubbleAt(containerPoint, slop) {
    const { x, y } = this._map.containerPointToLayerPoint(containerPoint).subtract(this.view.corner);
    let best = null;
    let nearest = slop;
    for (const bubble of this.bubbles || []) {
      const distance = Math.hypot(bubble.x - x, bubble.y - y) - bubble.r;
      if (distance < nearest) [nearest, best] = [distance, bubble];
    }
    return best;
  },

  latLngOf(bubble) {
    return this._map.layerPointToLatLng(L.point(bubble.x, bubble.y).add(this.view.corner));
  },

  _hover(event) {
    if (!this.strikes || this._map._animatingZoom) return;
    const bubble = this.bubbleAt(event.containerPoint, 3);
    this._map.getContainer().style.cursor = bubble ? 'pointer' : '';
    if ((bubble && bubble.cells[0]) === (this._hot && this._hot.cells[0])) return;
    this._hot = bubble;
    this.draw();
    if (!bubble) this._hideTip();
    else this._showTip(bubble);
  },

  _leave() {
    this._hideTip();
    if (!this._hot) return;
    this._hot = null;
    this.draw();
  },

  _hideTip() {
    if (this._tip) this._tip.remove();
  },

  _showTip(bubble) {
    const { strikes } = this;
    const rows = this.grid.rowsOf(bubble);
    const names = [...new Set(rows.slice(-50).map((i) => strikes.placeName(i)))];
    const more = names.length > 1 ? ` +${names.length - 1}` : '';
    const text = el('span', {}, el('b', {}, names[0] + more), ` · ${t('strikes', { count: rows.length,
      n: number(rows.length) })}`);
    this._tip = this._tip || L.tooltip({ className: 'gs-tip', direction: 'top', opacity: 1 });
    this._tip.options.offset = L.point(0, -bubble.r - 2);
    this._tip.setLatLng(this.latLngOf(bubble)).setContent(text).addTo(this._map);
  },

  _click(event) {
    const bubble = this.strikes && this.bubbleAt(event.containerPoint, 6);
    if (bubble) this.open(bubble);
  },

  /** Open the details of a bubble's strikes. */
  async open(bubble) {
    this._hideTip();
    await openDetails(this, this.grid.rowsOf(bubble), this.latLngOf(bubble), bubble.r);
  },
});
