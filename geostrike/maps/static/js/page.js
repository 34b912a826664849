/* The page: it connects the map, the panel, the timeline and the table. The saved file calls `geostrike.start`. */

import { addressOf } from './address.js';
import { Bands } from './bands.js';
import { Basemap } from './basemap.js';
import { openDetails } from './details.js';
import { el, iconButton } from './dom.js';
import { Panel } from './panel.js';
import { SYMBOL_RADIUS } from './grid.js';
import { redrawLabels } from './labels.js';
import { StrikeLayer } from './layer.js';
import { palette } from './symbols.js';
import { Table } from './table.js';
import { borderName, LANGUAGES, locale, number, rangeText, t, TEXTS } from './texts.js';
import { Timeline } from './timeline.js';

const darkScheme = matchMedia('(prefers-color-scheme: dark)');
document.documentElement.dataset.theme = darkScheme.matches ? 'dark' : 'light';

class Page {
  constructor(map, layer, facts) {
    Object.assign(this, { map, layer, facts });
    this.window = [0, Math.max(0, layer.strikes.days - 1)];
    this.panel = new Panel(document.getElementById('gs-panel'), this);
    this.timeline = new Timeline(document.getElementById('gs-time'), this);
    this.table = new Table(document.getElementById('gs-table'), this);
    this.buildTools();
    this.resetView();
    addressOf.apply(this);
    layer.startDrawing();
    this.addListeners();
  }

  /** Set the initial view: the strikes, next to the panel, which covers a part of the map. */
  resetView() {
    this.map.invalidateSize({ animate: false, pan: false });
    if (!this.facts.view) return;
    const beside = this.map.getSize().x > 760 ? 250 : 0;
    this.map.fitBounds(this.facts.view, {
      paddingTopLeft: [40, 30], paddingBottomRight: [40 + beside, 30], maxZoom: 8, animate: false });
  }

  addListeners() {
    document.addEventListener('keydown', (event) => this.onKey(event));
    window.addEventListener('hashchange', () => {
      if (location.hash.slice(1) !== addressOf.last) addressOf.apply(this);
    });
    this.map.on('moveend', () => {
      this.settleSoon();
    });
    new ResizeObserver(() => this.map.invalidateSize({ animate: false, pan: true })).observe(this.map.getContainer());
    darkScheme.addEventListener('change', () => this.setTheme(darkScheme.matches ? 'dark' : 'light'));
    for (const [event, on] of [['beforeprint', true], ['afterprint', false]]) {
      window.addEventListener(event, () => {
        document.documentElement.classList.toggle('gs-printing', on);
        this.map.invalidateSize({ animate: false, pan: true });
        this.timeline.resize();
      });
    }
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = /^(INPUT|SELECT|TEXTAREA|A|SUMMARY)$/.test(event.target.tagName);
    if (typing) return;
    if (event.key === ' ' && event.target.tagName !== 'BUTTON') {
      event.preventDefault();
      this.timeline.toggle();
    } else if (event.key === ',') this.timeline.step(-1);
    else if (event.key === '.') this.timeline.step(1);
  }

  buildTools() {
    this.tableButton = iconButton('table', t('as table'), () => this.showTable(!this.table.open), {
      'aria-expanded': 'false', 'aria-controls': 'gs-table' });
    this.panelButton = iconButton('filter', t('filters'), () => this.showPanel(!this.panelOpen), {
      class: 'gs-icon gs-panel-button', 'aria-expanded': 'false', 'aria-controls': 'gs-panel' });
    const languages = el('select', { class: 'gs-select gs-language', 'aria-label': t('language'),
      onchange: (event) => this.setLanguage(event.target.value) },
    LANGUAGES.map((language) => el('option', { value: language, lang: language }, TEXTS.get(language).texts.get('self'))));
    languages.value = locale.language;
    document.getElementById('gs-tools').replaceChildren(this.panelButton, this.tableButton,
      iconButton('link', t('copy link'), () => this.copyLink()), iconButton('theme', t('dark or light'), () => this.setTheme()),
      iconButton('print', t('print'), () => window.print(), { class: 'gs-icon gs-print-button' }), languages);
    this.writeSubtitle();
  }

  writeSubtitle() {
    const { strikes } = this.layer;
    const parts = [t('reported strikes', { count: strikes.n, n: number(strikes.n) })];
    if (strikes.days) parts.push(rangeText(strikes.day(0), strikes.day(strikes.days - 1)));
    if (this.facts.border) parts.push(t('depth from', { border: borderName(this.facts.border) }));
    document.getElementById('gs-subtitle').textContent = parts.join(' · ');
  }

  /** Rebuild the interface in another language. */
  setLanguage(language) {
    locale.set(language);
    this.timeline.pause();
    this.panel.build();
    this.timeline.build();
    this.table.build();
    this.buildTools();
    this.timeline.width = 0;
    this.timeline.resize();
    this.refilter();
    redrawLabels();
    if (this.table.open) this.table.fill();
  }

  /** Copy the address, or show it if the browser does not allow copying. */
  async copyLink() {
    addressOf.write(this);
    try {
      await navigator.clipboard.writeText(location.href);
      this.notify(t('link copied'));
    } catch {
      this.notify(location.href);
    }
  }

  notify(text) {
    this.timeline.live.textContent = text;
    const note = el('div', { class: 'gs-note' }, text);
    document.querySelector('.gs-main').append(note);
    setTimeout(() => note.remove(), 2600);
  }

  setTheme(name) {
    const root = document.documentElement;
    root.dataset.theme = name || (root.dataset.theme === 'dark' ? 'light' : 'dark');
    this.restyle();
  }

  restyle() {
    palette.read();
    this.map.eachLayer((layer) => layer.restyle && layer.restyle());
    this.panel.build();
    this.panel.update();
    this.timeline.paint();
  }

  // --- state ---

  setWindow(from, to, { keepSlider = false } = {}) {
    const [first, last] = [from, to].map((day) => Math.max(0, Math.min(this.layer.strikes.days - 1, day)));
    this.window = [first, last];
    this.layer.setWindow(first, last);
    this.panel.update();
    this.timeline.update(keepSlider);
    this.settleSoon();
  }

  /** Update the page after a change of the filter. */
  refilter() {
    this.layer.refilter();
    this.panel.update();
    this.timeline.computeBins();
    this.timeline.update();
    this.settleSoon();
  }

  toggleUndated() {
    this.layer.filter.undated = !this.layer.filter.undated;
    this.refilter();
  }

  settleSoon() {
    clearTimeout(this._soon);
    this._soon = setTimeout(() => this.timeline.playing || this.settle(), 160);
  }

  /** After the last of several changes: update statistics, table and address. */
  settle() {
    clearTimeout(this._soon);
    if (this.timeline.mode === 'window') this.layer.settle();
    this.timeline.update(true);
    this.timeline.settle();
    redrawLabels();
    addressOf.write(this);
    if (this.table.open) this.table.fill();
  }

  showTable(open) {
    this.table.root.hidden = !open;
    this.tableButton.setAttribute('aria-expanded', String(open));
    if (open) {
      this.table.fill();
      document.getElementById('gs-table-title').focus();
    } else this.tableButton.focus();
  }

  showPanel(open) {
    this.panelOpen = open;
    this.panel.root.classList.toggle('gs-open', open);
    this.panelButton.setAttribute('aria-expanded', String(open));
    (open ? this.panel.close : this.panelButton).focus();
  }

  /** Move the map to a strike and open its details. */
  goTo(i) {
    const { strikes } = this.layer;
    if (this.map.getSize().x < 760) this.showTable(false);
    const latLng = L.latLng(strikes.latLng(i));
    this.map.setView(latLng, Math.max(this.map.getZoom(), 7), { animate: false });
    openDetails(this.layer, [i], latLng, SYMBOL_RADIUS);
  }
}

/** Set the label and the attribution of the map, also of one without strikes. */
function labelMap(map, border) {
  const container = map.getContainer();
  container.setAttribute('role', 'application');
  container.setAttribute('aria-label', t('map label'));
  if (map.attributionControl) {
    map.attributionControl.setPrefix('<a href="https://leafletjs.com" rel="noopener">Leaflet</a>');
    if (border && border.licence.includes('OpenStreetMap')) {
      map.attributionControl.addAttribution(
        '<a href="https://www.openstreetmap.org/copyright" rel="noopener">© OpenStreetMap contributors</a>');
    }
  }
}

window.geostrike = {
  basemap: (name) => new Basemap(name),
  bands: (name) => new Bands(name),
  strikes: (name) => new StrikeLayer(name),

  async start(map, layer, facts) {
    const values = addressOf.read();
    locale.set(values.lang || facts.language);
    palette.read();
    labelMap(map, facts.border);
    if (!layer) return;
    try {
      await layer.ready;
      this.page = new Page(map, layer, facts);
      document.documentElement.dataset.geostrike = 'ready';
      performance.mark('geostrike-ready');
    } catch (error) {
      document.documentElement.dataset.geostrike = 'failed';
      document.getElementById('gs-time').textContent = t('failed', { reason: error.message });
      throw error;
    }
  },
};
