/* Land, water, rivers, country lines and names from the page's own data. */

function ensurePane(map, name, zIndex) {
  if (!map.getPane(name)) {
    const pane = map.createPane(name);
    pane.style.zIndex = zIndex;
    pane.style.pointerEvents = 'none';
  }
  return name;
}

/** The coast of land that was cut at a box: rings without the stretches that run along the cut. */
function coast(ring, box) {
  if (!box) return [ring];
  const [west, south, east, north] = box;
  const near = (a, b) => Math.abs(a - b) < 0.006;
  const along = ([latA, lonA], [latB, lonB]) => (
    [west, east].some((lon) => near(lonA, lon) && near(lonB, lon))
    || [south, north].some((lat) => near(latA, lat) && near(latB, lat)));
  const parts = [[ring[0]]];
  for (let i = 1; i < ring.length; i++) {
    if (along(ring[i - 1], ring[i])) parts.push([ring[i]]);
    else parts[parts.length - 1].push(ring[i]);
  }
  return parts.filter((part) => part.length > 1);
}

const Basemap = L.LayerGroup.extend({
  initialize(name) {
    L.LayerGroup.prototype.initialize.call(this, []);
    this.name = name;
    this._shapes = [];
  },

  onAdd(map) {
    ensurePane(map, 'gs-base', 210);
    L.LayerGroup.prototype.onAdd.call(this, map);
    if (!this._loading) this._loading = this._load();
  },

  async _load() {
    const europe = await blockJson(`${this.name}-europe`);
    const world = await blockJson(`${this.name}-world`);
    const common = { pane: 'gs-base', renderer: L.canvas({ pane: 'gs-base', padding: 0.3 }), interactive: false };
    for (const part of [world, europe]) this._addPart(part, europe.box, common);
    const countries = [...europe.countries, ...world.countries];
    const cities = [...europe.cities, ...world.cities].sort((a, b) => b[3] - a[3]);
    this._labels = new Labels((zoom, pixels) => [...countryLabels(countries, zoom), ...cityLabels(cities, zoom, pixels)], 2);
    this.addLayer(this._labels);
    this.restyle();
  },

  _addPart(part, box, common) {
    const polygons = (rings) => rings.map((polygon) => polygon.map((ring) => outline(ring, part.precision)));
    const lines = (list) => list.map((line) => outline(line, part.precision));
    const land = polygons(part.land);
    const add = (style, layer) => {
      this._shapes.push([style, layer]);
      this.addLayer(layer);
    };
    const fill = { ...common, stroke: false, fill: true, fillOpacity: 1, smoothFactor: 0.6 };
    const line = { ...common, fill: false, smoothFactor: 0.6 };
    add('land', L.polygon(land, fill));
    add('coast', L.polyline(land.flat().flatMap((ring) => coast(ring, box)), line));
    add('rivers', L.polyline(lines(part.rivers), line));
    add('lakes', L.polygon(polygons(part.lakes), { ...fill, stroke: false }));
    add('borders', L.polyline(lines(part.borders), line));
    add('dashed', L.polyline(lines(part.dashed), { ...line, dashArray: '4 4' }));
  },

  restyle() {
    const colours = {
      land: { fillColor: styleValue('--gs-land') },
      lakes: { fillColor: styleValue('--gs-water') },
      coast: { color: styleValue('--gs-coast'), weight: 0.8 },
      rivers: { color: styleValue('--gs-river'), weight: 0.9 },
      borders: { color: styleValue('--gs-border'), weight: 1.1 },
      dashed: { color: styleValue('--gs-border'), weight: 1.1 },
    };
    for (const [style, layer] of this._shapes) layer.setStyle(colours[style]);
    redrawLabels();
  },

  getAttribution() {
    return 'Natural Earth · <a href="https://www.geonames.org/" rel="noopener">GeoNames</a> CC BY 4.0';
  },
});

function* countryLabels(countries, zoom) {
  if (zoom < 2.5 || zoom > 7.5) return;
  const column = Math.max(0, ['en', 'uk', 'ru', 'de'].indexOf(speech.language));
  for (const country of countries) {
    if (country[6] > zoom + 1.2) continue;
    yield { text: country[column].toUpperCase(), latLng: [country[4], country[5]], style: 'country' };
  }
}

function* cityLabels(cities, zoom, pixels) {
  const least = 9e6 / 2.1 ** zoom;
  let room = Math.min(90, pixels / 14000);
  for (const [name, latitude, longitude, population] of cities) {
    if (population < least || room <= 0) return;
    yield { text: name, latLng: [latitude, longitude], style: population > 1e6 ? 'capital' : 'city' };
  }
}
