/* A Leaflet layer of one canvas that covers the view and a margin, follows zooms, and is repainted when they end. */

import { pixelRatio } from './dom.js';
import { WORLD } from './strikes.js';

export function ensurePane(map, name, zIndex) {
  if (!map.getPane(name)) {
    const pane = map.createPane(name);
    pane.style.zIndex = zIndex;
    pane.style.pointerEvents = 'none';
  }
  return name;
}

export const CanvasLayer = L.Layer.extend({
  options: { pane: 'overlayPane', zIndex: 400, padding: 0.15, className: 'leaflet-zoom-animated' },

  onAdd(map) {
    ensurePane(map, this.options.pane, this.options.zIndex);
    this._canvas = L.DomUtil.create('canvas', this.options.className, this.getPane());
    this._canvas.setAttribute('aria-hidden', 'true');
    this._context = this._canvas.getContext('2d');
    this.place();
  },

  onRemove() {
    this._canvas.remove();
    this._canvas = null;
    this.view = null;
  },

  getEvents() {
    return { moveend: this.place, resize: this.place, zoomanim: this._animate, zoom: this._follow };
  },

  _animate(event) {
    if (this.view) this._transform(event.center, event.zoom);
  },

  _follow() {
    if (this.view) this._transform(this._map.getCenter(), this._map.getZoom());
  },

  _transform(centre, zoom) {
    const map = this._map;
    const scale = map.getZoomScale(zoom, this.view.zoom);
    const half = map.getSize().multiplyBy(0.5 + this.options.padding);
    const offset = half.multiplyBy(-scale).add(map.project(this.view.centre, zoom));
    L.DomUtil.setTransform(this._canvas, offset.subtract(map._getNewPixelOrigin(centre, zoom)), scale);
  },

  /** Move the canvas to the current view, and paint it. */
  place() {
    const map = this._map;
    if (!map || !this._canvas) return;
    const size = map.getSize();
    const { padding } = this.options;
    const corner = map.containerPointToLayerPoint(size.multiplyBy(-padding)).round();
    const [width, height] = [size.x, size.y].map((length) => Math.ceil(length * (1 + 2 * padding)));
    if (!width || !height) return;
    const zoom = map.getZoom();
    this.view = {
      corner, width, height, zoom, centre: map.getCenter(), origin: map.getPixelOrigin().add(corner),
      scale: (256 * 2 ** zoom) / WORLD,
    };
    L.DomUtil.setTransform(this._canvas, corner, 1);
    this.onPlace();
  },

  /** Called when the view is known; subclasses override it. */
  onPlace() {
    this.draw();
  },

  /** Clear the canvas and return its context, scaled to CSS pixels. */
  clean() {
    const { width, height } = this.view;
    const ratio = pixelRatio();
    const [wide, high] = [width * ratio, height * ratio];
    if (this._canvas.width !== wide || this._canvas.height !== high) {
      Object.assign(this._canvas, { width: wide, height: high });
      Object.assign(this._canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    this._context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this._context.clearRect(0, 0, width, height);
    return this._context;
  },
});
