/* Land, water, rivers, country lines and names from the page's own data. */

import { CanvasLayer } from './canvas.js';
import { styleValue } from './dom.js';
import { Labels, redrawLabels } from './labels.js';
import { WORLD } from './strikes.js';
import { locale } from './texts.js';
import { block, blockJson } from './unpack.js';

/** Rings or lines in world units, each with its bounding box, so that those out of view cost nothing. */
class Strokes {
  constructor(lines, precision) {
    this.lines = lines.map((numbers) => {
      const xy = new Float64Array(numbers.length);
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      let longitude = 0;
      let latitude = 0;
      for (let i = 0; i < numbers.length; i += 2) {
        longitude += numbers[i];
        latitude += numbers[i + 1];
        const [x, y] = toWorld(latitude / precision, longitude / precision);
        [xy[i], xy[i + 1]] = [x, y];
        box[0] = Math.min(box[0], x);
        box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x);
        box[3] = Math.max(box[3], y);
      }
      return { xy, box };
    });
  }

  /** Trace the lines in view. `pen(x0, y0, x1, y1)` decides for each segment whether it is drawn. */
  trace(context, view, pen) {
    const { origin, scale } = view;
    const [west, north] = [origin.x / scale, origin.y / scale];
    const [east, south] = [west + view.width / scale, north + view.height / scale];
    const step = 0.8 / scale;
    context.beginPath();
    for (const { xy, box } of this.lines) {
      if (box[0] > east || box[2] < west || box[1] > south || box[3] < north) continue;
      let [x, y] = [xy[0], xy[1]];
      context.moveTo(x * scale - origin.x, y * scale - origin.y);
      for (let i = 2; i < xy.length; i += 2) {
        const last = i === xy.length - 2;
        if (!last && Math.abs(xy[i] - x) < step && Math.abs(xy[i + 1] - y) < step) continue;
        const down = !pen || pen(xy[i - 2], xy[i - 1], xy[i], xy[i + 1]);
        [x, y] = [xy[i], xy[i + 1]];
        context[down ? 'lineTo' : 'moveTo'](x * scale - origin.x, y * scale - origin.y);
      }
    }
  }
}

function toWorld(latitude, longitude) {
  const radians = (Math.max(-85.05, Math.min(85.05, latitude)) * Math.PI) / 180;
  return [((longitude + 180) / 360) * WORLD, (0.5 - Math.asinh(Math.tan(radians)) / (2 * Math.PI)) * WORLD];
}

const near = (a, b) => Math.abs(a - b) < 300; // a hundredth of a degree is 466 units

/** Whether a segment of a ring runs along the box that the land was clipped to, and is not a coast. */
function alongBox(box) {
  const [west, north] = toWorld(box[3], box[0]);
  const [east, south] = toWorld(box[1], box[2]);
  return (x0, y0, x1, y1) => (near(x0, x1) && (near(x0, west) || near(x0, east)))
    || (near(y0, y1) && (near(y0, north) || near(y0, south)));
}

const Ground = CanvasLayer.extend({
  options: { pane: 'gs-base', zIndex: 210, padding: 0.25 },

  initialize(parts, box) {
    this.onCut = alongBox(box);
    this.parts = parts.map((part) => Object.fromEntries(['land', 'lakes', 'rivers', 'borders', 'dashed'].map((key) => (
      [key, new Strokes(key === 'land' || key === 'lakes' ? part[key].flat() : part[key], part.precision)]))));
  },

  draw() {
    if (!this.view) return;
    const context = this.clean();
    context.lineJoin = 'round';
    for (const part of this.parts) {
      part.land.trace(context, this.view);
      context.fillStyle = styleValue('--gs-land');
      context.fill('evenodd');
    }
    for (const part of this.parts) this._drawPart(context, part);
  },

  _drawPart(context, part) {
    const line = (strokes, colour, width, pen) => {
      strokes.trace(context, this.view, pen);
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    };
    line(part.land, styleValue('--gs-land'), 1.2, this.onCut); // closes the seam where the land was clipped
    line(part.rivers, styleValue('--gs-river'), 1);
    part.lakes.trace(context, this.view);
    context.fillStyle = styleValue('--gs-water');
    context.fill('evenodd');
    line(part.land, styleValue('--gs-coast'), 0.8, (...ends) => !this.onCut(...ends));
    line(part.borders, styleValue('--gs-country'), 1.1);
    context.setLineDash([4, 4]);
    line(part.dashed, styleValue('--gs-country'), 1.1);
    context.setLineDash([]);
  },
});

export const Basemap = L.LayerGroup.extend({
  initialize(name) {
    L.LayerGroup.prototype.initialize.call(this, []);
    this.name = name;
  },

  onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    if (!this._loading) this._loading = this._load();
  },

  async _load() {
    const europe = await blockJson(`${this.name}-europe`);
    const world = await blockJson(`${this.name}-world`);
    this._ground = new Ground([world, europe], europe.box);
    this.addLayer(this._ground);
    const columns = JSON.parse((await block(`${this.name}-columns`)).textContent);
    const countries = [...europe.countries, ...world.countries].map((row) => rowByName(columns.countries, row));
    const cities = [...europe.cities, ...world.cities].map((row) => cityOf(columns, row))
      .toSorted((a, b) => b.population - a.population);
    this.addLayer(new Labels((zoom) => [...countryLabels(countries, zoom), ...cityLabels(cities, zoom)], 2));
  },

  restyle() {
    if (this._ground) this._ground.draw();
    redrawLabels();
  },

  getAttribution() {
    return 'Natural Earth · <a href="https://www.geonames.org/" rel="noopener">GeoNames</a> CC BY 4.0';
  },
});

/** The values of a row by the names of their columns. */
const rowByName = (columns, row) => Object.fromEntries(columns.map((column, k) => [column, row[k]]));

/** A city with its names by language; a name that is the same as in English is missing. */
function cityOf(columns, row) {
  const city = rowByName(columns.cities, row);
  return { ...city, ...rowByName(columns.others, city.others || []) };
}

function* countryLabels(countries, zoom) {
  if (zoom < 2.5 || zoom > 7.5) return;
  for (const country of countries) {
    if (country.zoom > zoom - 0.3) continue;
    const name = country[locale.language] || country.en;
    yield { text: name.toUpperCase(), latLng: [country.latitude, country.longitude], style: 'country' };
  }
}

function* cityLabels(cities, zoom) {
  const least = 13e6 / 2.1 ** zoom;
  for (const city of cities) {
    if (city.population < least) return;
    const style = city.population > 1e6 ? 'capital' : 'city';
    yield { text: city[locale.language] || city.en, latLng: [city.latitude, city.longitude], style };
  }
}
