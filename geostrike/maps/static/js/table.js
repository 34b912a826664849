/* The strikes as a table that can be sorted, paged, and saved as CSV. */

import { strikeDetails } from './details.js';
import { el, iconButton } from './dom.js';
import { directionText, isKnownDirection, isoDay, locale, number, t, word } from './texts.js';

const PAGE_ROWS = 50;

export class Table {
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.sort = { key: 'date', down: true };
    this.number = 0;
    this.inView = false;
    root.addEventListener('keydown', (event) => event.key === 'Escape' && this.page.showTable(false));
    this.build();
  }

  get open() {
    return !this.root.hidden;
  }

  build() {
    this.caption = el('caption');
    this.body = el('tbody');
    this.pager = el('div', { class: 'gs-pager' });
    const box = el('input', { type: 'checkbox', id: 'gs-in-view', onchange: () => {
      this.inView = box.checked;
      this.number = 0;
      this.fill();
    } });
    box.checked = this.inView;
    this.heads = this._heads();
    const head = el('tr', {}, this.heads.map(({ cell }) => cell));
    this.root.replaceChildren(
      el('div', { class: 'gs-table-head' }, el('h2', { id: 'gs-table-title', tabindex: '-1' }, t('table title')),
        iconButton('close', t('close'), () => this.page.showTable(false))),
      el('div', { class: 'gs-table-tools' }, box, el('label', { for: 'gs-in-view' }, t('only in view')),
        el('button', { type: 'button', class: 'gs-button', onclick: () => this.save() }, t('save csv'))),
      el('div', { class: 'gs-scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'gs-table-title' },
        el('table', {}, this.caption, el('thead', {}, head), this.body)),
      this.pager);
    this.root.setAttribute('aria-labelledby', 'gs-table-title');
  }

  _heads() {
    const heads = [['date', t('date')], ['place', t('place')], ['depth', t('depth in km'), 'gs-number'],
      ['direction', t('direction')], ['status', t('status')]];
    return heads.map(([key, text, style]) => {
      const button = el('button', { type: 'button', class: 'gs-sort', onclick: () => this.sortBy(key) }, text);
      return { key, cell: el('th', { scope: 'col', class: style, 'data-key': key }, button) };
    });
  }

  sortBy(key) {
    this.sort = { key, down: this.sort.key === key ? !this.sort.down : key === 'depth' || key === 'date' };
    this.number = 0;
    this.fill();
  }

  /** The rows of the table: those of the current window and filter. */
  rows() {
    const { layer } = this.page;
    const { strikes } = layer;
    let rows = layer.filter.rows(...this.page.window);
    if (this.inView) {
      const bounds = layer._map.getBounds();
      rows = rows.filter((i) => strikes.located(i) && bounds.contains(strikes.latLng(i)));
    }
    return this._sort(rows);
  }

  /** The rows in the selected order, and by date among equals. */
  _sort(rows) {
    const { strikes } = this.page.layer;
    const { words } = strikes;
    const keys = {
      date: () => (i) => strikes.start[i],
      place: () => rankOfRow(strikes.places.place, strikes.place),
      depth: () => (i) => strikes.depth[i],
      direction: () => rankOfRow(words.direction.map(directionText), strikes.direction),
      status: () => rankOfRow(words.status.map((status) => word('status', status)), strikes.status),
    };
    const key = keys[this.sort.key]();
    const sign = this.sort.down ? -1 : 1;
    const { n } = strikes;
    // Key and row in one number: a million of these sort fast.
    return Array.from(Float64Array.from(rows, (i) => sign * key(i) * n + i).toSorted(), (value) => ((value % n) + n) % n);
  }

  async fill() {
    const { strikes } = this.page.layer;
    const rows = this.rows();
    const pages = Math.max(1, Math.ceil(rows.length / PAGE_ROWS));
    this.number = Math.min(this.number, pages - 1);
    const shown = rows.slice(this.number * PAGE_ROWS, (this.number + 1) * PAGE_ROWS);
    const turn = (this._turn = {});
    const records = await Promise.all(shown.map((i) => strikes.record(i)));
    if (turn !== this._turn) return;
    this.caption.textContent = t('strikes', { count: rows.length, n: number(rows.length) });
    for (const { key, cell } of this.heads) {
      const order = this.sort.down ? 'descending' : 'ascending';
      cell.setAttribute('aria-sort', this.sort.key === key ? order : 'none');
    }
    this.body.replaceChildren(...records.map((record) => this._row(record)));
    const flip = (label, by, disabled) => el('button', { type: 'button', class: 'gs-button', disabled, onclick: () => {
      this.number += by;
      this.fill();
    } }, label);
    this.pager.replaceChildren(flip(t('previous page'), -1, this.number === 0),
      el('span', {}, t('page of', { page: number(this.number + 1), pages: number(pages) })),
      flip(t('next page'), 1, this.number >= pages - 1));
    this.pager.hidden = pages === 1;
  }

  _row(record) {
    const { strikes } = this.page.layer;
    const { i } = record;
    const name = record.place || record.place_as_written || t('no place');
    const button = el('button', { type: 'button', class: 'gs-text-button', 'aria-expanded': 'false',
      onclick: () => this._expand(row, button, record) }, name);
    const located = strikes.located(i) ? '' : el('span', { class: 'gs-dim' },
      ` ${word('place_status', record.place_status)}`);
    const row = el('tr', { 'data-strike': record.strike_id },
      el('td', { class: 'gs-nowrap' }, strikes.start[i] < 0 ? strikes.dateText(record) : this._isoRange(i)),
      el('th', { scope: 'row' }, button, located),
      el('td', { class: 'gs-number' }, strikes.depth[i] < 0 ? '' : number(Math.round(strikes.depth[i] / 10))),
      el('td', {}, isKnownDirection(record.direction) ? directionText(record.direction) : ''),
      el('td', {}, word('status', record.status)));
    return row;
  }

  _isoRange(i) {
    const { strikes } = this.page.layer;
    const [first, last] = [isoDay(strikes.day(strikes.start[i])), isoDay(strikes.day(strikes.end[i]))];
    return first === last ? first : `${first}/${last.startsWith(first.slice(0, 8)) ? last.slice(8) : last}`;
  }

  _expand(row, button, record) {
    const open = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!open));
    if (open) {
      row.nextElementSibling.remove();
      return;
    }
    const { layer } = this.page;
    const goTo = layer.strikes.located(record.i) ? el('button', { type: 'button', class: 'gs-button',
      onclick: () => this.page.goTo(record.i) }, t('show on map')) : '';
    row.after(el('tr', { class: 'gs-more' }, el('td', { colspan: '5' }, strikeDetails(layer, record, 3), goTo)));
  }

  /** Save the rows with their texts as CSV. */
  async save() {
    const { strikes } = this.page.layer;
    const lines = [['strike_id', 'date_start', 'date_end', 'date_as_written', 'place_as_written', 'place', 'latitude',
      'longitude', 'depth_km', 'depth_min_km', 'depth_max_km', 'side', 'attacker', 'struck', 'target_kind', 'weapon',
      'status', 'sources']];
    const rows = this.rows();
    for (const at of [...rows.keys()].toSorted((a, b) => rows[a] - rows[b])) { // so that each block is decoded once
      const i = rows[at];
      const record = await strikes.record(i);
      const dated = strikes.start[i] >= 0;
      const [latitude, longitude] = strikes.located(i) ? strikes.latLng(i).map((value) => value.toFixed(4)) : ['', ''];
      const depths = [strikes.depth[i], strikes.depth_min[i], strikes.depth_max[i]].map((v) => (v < 0 ? '' : v / 10));
      lines[at + 1] = [record.strike_id, dated ? isoDay(strikes.day(strikes.start[i])) : record.date_start,
        dated ? isoDay(strikes.day(strikes.end[i])) : record.date_end, record.date_as_written, record.place_as_written,
        record.place, latitude, longitude, ...depths, record.side, record.direction.attacker,
        record.direction.struck_country, record.target_kind, record.weapon, record.status,
        record.sources.map((source) => source.url || source.title).join(' | ')];
    }
    const file = new Blob([`\ufeff${lines.map((line) => line.map(csvField).join(',')).join('\r\n')}\r\n`],
      { type: 'text/csv' });
    const anchor = el('a', { href: URL.createObjectURL(file), download: 'strikes.csv' });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  }
}

/** A function from row to the rank of its name, given the names and the number of each row's name. */
function rankOfRow(names, codes) {
  const ranks = ranksOf(names);
  return (i) => ranks[codes[i]];
}

/** The rank of each name in the alphabetical order of the interface's language. */
export function ranksOf(names) {
  const { compare } = new Intl.Collator(locale.language);
  const ranks = new Int32Array(names.length);
  [...names.keys()].toSorted((a, b) => compare(names[a], names[b])).forEach((at, rank) => {
    ranks[at] = rank;
  });
  return ranks;
}

/** A field of a CSV file; one that a spreadsheet would evaluate as a formula is marked as text. */
export function csvField(value) {
  let text = String(value);
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text)) text = `'${text}`;
  return `"${text.replaceAll('"', '""')}"`;
}
