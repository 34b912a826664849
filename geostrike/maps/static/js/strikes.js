/* The strikes as columns, with indices by first and last day. */

import CONSTANTS from '../constants.json' with { type: 'json' };
import { DAY, isoDayText, rangeText, t } from './texts.js';
import { columns, fromBase64, TextBlock, unzip } from './unpack.js';

export const DEPTH_BREAKS = CONSTANTS.depth_breaks;
export const NOT_ACROSS = DEPTH_BREAKS.length + 1;
export const NO_DEPTH = NOT_ACROSS + 1;
export const DEPTH_CLASSES = NO_DEPTH + 1;
export const WORLD = 16777216;
const MOST_DIRECTIONS = 4;

export class Strikes {
  constructor(meta, raw) {
    Object.assign(this, columns(meta, raw));
    this.meta = meta;
    this.n = meta.n;
    this.days = meta.days;
    this.dated = meta.dated;
    this.words = meta.words;
    this.firstDay = Date.parse(`${meta.first_day}T00:00:00Z`);
    this.end = new Int32Array(this.n);
    this.longest = 0; // the longest interval, in days after the first
    this.deepest = 0;
    for (let i = 0; i < this.n; i++) {
      this.end[i] = this.start[i] + this.span[i];
      if (this.span[i] > this.longest) this.longest = this.span[i];
      if (this.depth[i] > this.deepest) this.deepest = this.depth[i];
    }
    this.shape = this._shapes();
    this.depthClass = this._depthClasses();
    this._index();
    this.blocks = new Map();
  }

  /** The shape of each strike: frequent directions of fire have their own, the others share the last one. */
  _shapes() {
    const counts = new Uint32Array(this.words.direction.length);
    for (let i = 0; i < this.n; i++) counts[this.direction[i]]++;
    const order = [...counts.keys()].toSorted((a, b) => counts[b] - counts[a]);
    this.shapeOfDirection = new Uint8Array(order.length);
    this.shapes = Math.max(1, Math.min(order.length, MOST_DIRECTIONS));
    order.forEach((direction, rank) => {
      this.shapeOfDirection[direction] = Math.min(rank, MOST_DIRECTIONS - 1);
    });
    const shapes = new Uint8Array(this.n);
    for (let i = 0; i < this.n; i++) shapes[i] = this.shapeOfDirection[this.direction[i]];
    return shapes;
  }

  _depthClasses() {
    const notAcross = this.words.side.map((side) => side === 'home' || side === 'outside');
    const breaks = DEPTH_BREAKS.map((km) => km * 10);
    const classes = new Uint8Array(this.n);
    for (let i = 0; i < this.n; i++) {
      const depth = this.depth[i];
      let k = 0;
      if (notAcross[this.side[i]]) k = NOT_ACROSS;
      else if (depth < 0) k = NO_DEPTH;
      else while (k < breaks.length && depth >= breaks[k]) k++;
      classes[i] = k;
    }
    return classes;
  }

  /** Rows are ordered by first day; index them by last day, too. */
  _index() {
    const { days, dated, start, end } = this;
    this.startedBefore = new Uint32Array(days + 2);
    this.endedBefore = new Uint32Array(days + 2);
    for (let i = 0; i < dated; i++) {
      this.startedBefore[start[i] + 1]++;
      this.endedBefore[end[i] + 1]++;
    }
    for (let d = 0; d <= days; d++) {
      this.startedBefore[d + 1] += this.startedBefore[d];
      this.endedBefore[d + 1] += this.endedBefore[d];
    }
    const next = this.endedBefore.slice();
    this.byEnd = new Int32Array(dated);
    for (let i = 0; i < dated; i++) this.byEnd[next[end[i]]++] = i;
  }

  day(k) {
    return this.firstDay + k * DAY;
  }

  located(i) {
    return this.x[i] >= 0;
  }

  longitude(x) {
    return (x / WORLD) * 360 - 180;
  }

  latitude(y) {
    return (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / WORLD))) * 180) / Math.PI;
  }

  latLng(i) {
    return [this.latitude(this.y[i]), this.longitude(this.x[i])];
  }

  /** Call `visit` for the rows whose interval overlaps the window, by first day, then for undated rows if requested. */
  each(first, last, withUndated, visit) {
    const stop = this.days ? this.startedBefore[last + 1] : 0;
    const from = this.days ? this.startedBefore[Math.max(0, first - this.longest)] : 0;
    for (let i = from; i < stop; i++) if (this.end[i] >= first) visit(i);
    if (withUndated) for (let i = this.dated; i < this.n; i++) visit(i);
  }

  /** A block of texts, decoded on demand. */
  _block(blockNumber) {
    if (!this.blocks.has(blockNumber)) {
      if (this.blocks.size > 16) this.blocks.delete(this.blocks.keys().next().value);
      const { block: size, offsets, columns: columnsOf } = this.meta.texts;
      const [from, to] = [offsets[blockNumber], offsets[blockNumber + 1]];
      const first = blockNumber * size;
      this.blocks.set(blockNumber, this.texts
        .then((node) => unzip(fromBase64(node.firstChild.substringData(from, to - from))))
        .then((bytes) => new TextBlock(bytes, columnsOf, Math.min(size, this.n - first), (k) => this.placeName(first + k))));
    }
    return this.blocks.get(blockNumber);
  }

  placeName(i) {
    return this.places.place[this.place[i]];
  }

  /** All columns of a strike as words, and its texts. */
  async record(i) {
    const { block: size, columns: columnsOf } = this.meta.texts;
    const texts = await this._block(Math.floor(i / size));
    const k = i % size;
    const result = { i };
    for (const [name, values] of Object.entries(this.places)) result[name] = values[this.place[i]];
    for (const [name, words] of Object.entries(this.words)) result[name] = words[this[name][i]];
    const [openDays = Object.fromEntries(columnsOf.open_days.map((name) => [name, '']))] = texts.openDays(k);
    return {
      ...result, ...texts.fields(k), ...openDays,
      sources: texts.sources(k), claims: texts.claims(k), distances: texts.distances(k),
    };
  }

  /** The date of a record as text. */
  dateText(record) {
    const { i } = record;
    if (this.start[i] >= 0) {
      const text = rangeText(this.day(this.start[i]), this.day(this.end[i]));
      return record.date_precision === 'night' ? t('night', { days: text }) : text;
    }
    if (record.date_end) return t('until day', { day: isoDayText(record.date_end) });
    if (record.date_start) return t('from day', { day: isoDayText(record.date_start) });
    return t('no date');
  }
}
