/* The border that depth is measured from, with bands of equal distance. */

import { ensurePane } from './canvas.js';
import { styleValue } from './dom.js';
import { Labels, redrawLabels } from './labels.js';
import { number, t } from './texts.js';
import { blockJson, outline } from './unpack.js';

export const Bands = L.LayerGroup.extend({
  initialize(name) {
    L.LayerGroup.prototype.initialize.call(this, []);
    this.name = name;
  },

  onAdd(map) {
    ensurePane(map, 'gs-bands', 300);
    L.LayerGroup.prototype.onAdd.call(this, map);
    if (!this._loading) this._loading = this._load();
  },

  async _load() {
    const data = await blockJson(`${this.name}-outlines`);
    const common = {
      pane: 'gs-bands', renderer: L.canvas({ pane: 'gs-bands', padding: 0.3 }), interactive: false, smoothFactor: 0.5,
    };
    this._areas = data.bands.map((band) => L.polygon(
      band.area.map((polygon) => polygon.map((ring) => outline(ring, data.precision))), common));
    this._border = L.polyline(data.border.map((line) => outline(line, data.border_precision)), common);
    this._casing = L.polyline(data.border.map((line) => outline(line, data.border_precision)), common);
    for (const layer of this._areas.toReversed()) this.addLayer(layer);
    this.addLayer(this._casing);
    this.addLayer(this._border);
    const labels = data.bands.toReversed().flatMap((band) => band.labels.map((point) => (
      { km: band.km, latLng: outline(point, data.label_precision)[0] })));
    this._labels = new Labels((zoom) => labels
      .filter((label) => label.km * 2 ** zoom > 9000)
      .map((label) => ({ text: t('km', { value: number(label.km) }), latLng: label.latLng, style: 'band' })), 1);
    this.addLayer(this._labels);
    this.restyle();
  },

  restyle() {
    if (!this._areas) return;
    const tint = styleValue('--gs-band-fill');
    const edge = styleValue('--gs-band-label');
    for (const area of this._areas) {
      area.setStyle({ fillColor: tint, fillOpacity: 0.02, color: edge, weight: 1, opacity: 0.7, dashArray: '3 4' });
    }
    this._casing.setStyle({ color: styleValue('--gs-land'), weight: 5, opacity: 0.8 });
    this._border.setStyle({ color: styleValue('--gs-border'), weight: 2.4, opacity: 1 });
    redrawLabels();
  },
});
