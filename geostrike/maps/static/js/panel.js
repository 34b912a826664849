/* The panel next to the map: a legend whose rows filter and count, the symbols, and the method. */

import { el, iconButton } from './dom.js';
import { DEPTH_BREAKS, NO_DEPTH, NOT_ACROSS } from './strikes.js';
import { MARKS, swatch } from './symbols.js';
import { borderName, directionText, isKnownDirection, number, t, word } from './texts.js';

export class Panel {
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.rows = [];
    this.build();
  }

  get filter() {
    return this.page.layer.filter;
  }

  build() {
    const { strikes } = this.page.layer;
    this.rows = [];
    this.reset = el('button', { type: 'button', class: 'gs-text-button', onclick: () => this.clear() }, t('show all'));
    const depth = this._facet('depth', t('depth from border'), this._depthRows(strikes));
    const direction = this._facet('direction', t('direction'), this._directionRows(strikes));
    const status = this._facet('status', t('status'), this._statusRows(strikes));
    this.search = el('input', {
      type: 'search', class: 'gs-search', id: 'gs-search', list: 'gs-places', autocomplete: 'off',
      placeholder: t('search place'), 'aria-label': t('search place'), oninput: () => this.find(this.search.value),
    });
    const names = [...new Set(strikes.places.place)].filter(Boolean);
    const places = el('datalist', { id: 'gs-places' }, names.slice(0, 2000).map((name) => el('option', { value: name })));
    this.close = iconButton('close', t('close'), () => this.page.showPanel(false), { class: 'gs-icon gs-panel-close' });
    this.root.replaceChildren(this.close, this.search, places, depth, direction || '', status || '',
      this._symbols(strikes), this._method(strikes));
    this.root.setAttribute('aria-label', t('filters'));
  }

  _facet(key, title, rows) {
    if (!rows.length) return '';
    const group = el('div', { class: 'gs-facet', role: 'group', 'aria-label': title });
    for (const [value, label, symbol, ring] of rows) {
      const count = el('span', { class: 'gs-count' });
      const button = el('button', {
        type: 'button', class: 'gs-row', 'aria-pressed': String(Boolean(this.filter.facets[key].on[value])),
        onclick: () => this.toggle(key, value),
      }, symbol, el('span', { class: 'gs-label' }, label), count);
      if (ring) button.classList.add('gs-minor');
      this.rows.push({ key, value, button, count });
      group.append(button);
    }
    const head = key === 'depth' ? el('div', { class: 'gs-facet-head' }, el('h2', {}, title), this.reset)
      : el('h2', {}, title);
    return el('div', { class: 'gs-section' }, head, group);
  }

  _depthRows(strikes) {
    const rows = [];
    for (let k = 0; k <= DEPTH_BREAKS.length; k++) {
      const from = k ? DEPTH_BREAKS[k - 1] : 0;
      const label = k < DEPTH_BREAKS.length ? `${number(from)}–${number(DEPTH_BREAKS[k])}` : `> ${number(from)}`;
      rows.push([k, t('km', { value: label }), depthSwatch(k)]);
    }
    if (strikes.depthClass.includes(NOT_ACROSS)) rows.push([NOT_ACROSS, t('not across'), depthSwatch(NOT_ACROSS), true]);
    if (strikes.depthClass.includes(NO_DEPTH)) rows.push([NO_DEPTH, t('no depth'), depthSwatch(NO_DEPTH), true]);
    return rows;
  }

  _directionRows(strikes) {
    const { words, shapeOfDirection } = strikes;
    if (words.direction.length === 1 && !isKnownDirection(words.direction[0])) return [];
    return [...words.direction.keys()].toSorted((a, b) => shapeOfDirection[a] - shapeOfDirection[b]).map((value) => [
      value, directionText(words.direction[value]),
      swatch({ depthClass: NO_DEPTH, shape: shapeOfDirection[value], status: 'confirmed' })]);
  }

  _statusRows(strikes) {
    const order = [...MARKS.keys()];
    const present = [...strikes.words.status.keys()].filter((value) => strikes.words.status[value]);
    return present.toSorted((a, b) => order.indexOf(strikes.words.status[a]) - order.indexOf(strikes.words.status[b]))
      .map((value) => [value, word('status', strikes.words.status[value]),
        swatch({ depthClass: NO_DEPTH, shape: 0, status: strikes.words.status[value] })]);
  }

  _symbols(strikes) {
    const rows = [[{ rough: true }, t('rough place')]];
    if (strikes.dated < strikes.n) rows.push([{ undated: true }, t('undated symbol')]);
    const items = rows.map(([look, text]) => el('li', {}, swatch({ depthClass: NO_DEPTH, shape: 0, status: 'confirmed',
      ...look }), el('span', {}, text)));
    items.push(el('li', {}, el('span', { class: 'gs-disc' }), el('span', {}, t('disc'))));
    return el('details', { class: 'gs-section', ontoggle: scrollToOpened }, el('summary', {}, t('symbols')),
      el('ul', { class: 'gs-plain' }, items));
  }

  _method(strikes) {
    const { border } = this.page.facts;
    const located = strikes.x.reduce((sum, x) => sum + (x >= 0), 0);
    const lines = [
      border ? t('method border', { name: borderName(border), definition: word('definition', border.definition) }) : '',
      border ? t('method depth') : '',
      t('method places', { located: number(located), all: number(strikes.n), missing: number(strikes.n - located) }),
      strikes.dated < strikes.n ? t('method undated', { n: number(strikes.n - strikes.dated) }) : '',
      t('method intervals'),
      [border ? border.border_id : '', `geostrike ${this.page.facts.version}`].filter(Boolean).join(' · '),
    ];
    return el('details', { class: 'gs-section', id: 'gs-method', ontoggle: scrollToOpened }, el('summary', {}, t('method')),
      lines.filter(Boolean).map((line) => el('p', {}, line)));
  }

  toggle(key, value) {
    const { on } = this.filter.facets[key];
    on[value] ^= 1;
    if (!on.includes(1)) on.fill(1);
    this.page.refilter();
  }

  clear() {
    this.filter.clear();
    this.search.value = '';
    this.page.refilter();
  }

  find(text) {
    this.keep(text);
    this.page.refilter();
  }

  /** Select the strikes whose place name contains the text. */
  keep(text) {
    const wanted = text.trim().toLocaleLowerCase();
    const { places } = this.page.layer.strikes;
    this.filter.places = wanted ? places.place.map((name) => name.toLocaleLowerCase().includes(wanted)) : null;
  }

  /** Update the counts of the current window and the state of each row. */
  update() {
    const { filter } = this;
    for (const { key, value, button, count } of this.rows) {
      const facet = filter.facets[key];
      count.textContent = number(filter.count(facet.sums[value], ...this.page.window));
      button.setAttribute('aria-pressed', String(Boolean(facet.on[value])));
    }
    this.reset.hidden = !filter.active;
  }
}

/** The symbol of a confirmed strike of a depth class. */
const depthSwatch = (depthClass) => swatch({ depthClass, shape: 0, status: 'confirmed' });

/** Scroll to a section that was opened. */
function scrollToOpened(event) {
  if (event.target.open) event.target.scrollIntoView({ block: 'nearest' });
}
