/* Strikes grouped by cells of the screen, updated with what enters and leaves the window of days. */

import { DEPTH_CLASSES } from './strikes.js';

const CELL_SIZES = [[6000, 46], [900, 32], [0, 20]]; // strikes in view -> pixels
export const SYMBOL_RADIUS = 7.5;
const DOT_SIZE = 7; // pixels of a cell where strikes are drawn as dots
const DOT_ZOOM = 8;
const MANY_DOTS = 600; // above this, bubbles would merge strikes that are apart

export class Grid {
  constructor(strikes, filter) {
    this.strikes = strikes;
    this.filter = filter;
    this.window = [0, 0];
  }

  /** Set the view: the position of its corner, its size, and the pixels per world unit. */
  place({ origin, width, height, scale, zoom }) {
    const { strikes } = this;
    Object.assign(this, { origin, width, height, scale, dots: false });
    if (!this.cell || this.cell.length !== strikes.n) this.cell = new Int32Array(strikes.n);
    const inView = this._assign(DOT_SIZE);
    if (zoom >= DOT_ZOOM && inView >= MANY_DOTS) this.dots = this._countOccupied() >= MANY_DOTS;
    if (!this.dots) this._assign(CELL_SIZES.find(([least]) => inView >= least)[1]);
    const length = this.cells * strikes.shapes * DEPTH_CLASSES;
    this.count = new Int32Array(length);
    this.sumX = new Float64Array(length);
    this.sumY = new Float64Array(length);
    this.rows = new Int32Array(length); // the exclusive or of rows, which is the row where there is one
    this.rebuild();
  }

  /** Assign a cell of `size` pixels to every strike in view, and return their number. */
  _assign(size) {
    const { strikes: { x, y, shape, n }, origin, width, height, scale, cell } = this;
    const nColumns = Math.ceil(width / size) + 2;
    const cells = nColumns * (Math.ceil(height / size) + 2);
    Object.assign(this, { size, cells, columns: nColumns });
    // Cells keep their position on the ground while the map is panned.
    const [shiftX, shiftY] = [origin.x - ((origin.x % size) + size) % size, origin.y - ((origin.y % size) + size) % size];
    const west = Math.max(0, origin.x / scale); // a strike without a point has the coordinate -1
    const north = origin.y / scale;
    const east = (origin.x + width) / scale;
    const south = (origin.y + height) / scale;
    let inView = 0;
    for (let i = 0; i < n; i++) {
      const wx = x[i];
      const wy = y[i];
      if (wx < west || wx >= east || wy < north || wy >= south) {
        cell[i] = -1;
        continue;
      }
      inView++;
      const column = Math.floor((wx * scale - shiftX) / size);
      const row = Math.floor((wy * scale - shiftY) / size);
      cell[i] = shape[i] * cells + row * nColumns + column;
    }
    return inView;
  }

  /** The number of cells with a strike on any day. */
  _countOccupied() {
    const marked = new Uint8Array(this.cells * this.strikes.shapes);
    for (const cell of this.cell) if (cell >= 0) marked[cell] = 1;
    return marked.reduce((sum, mark) => sum + mark, 0);
  }

  /** Add the rows `from` to `to` of an order to the cells (sign 1), or remove them (-1). */
  _add(sign, from, to, order) {
    const { slot, count, sumX, sumY, rows } = this;
    const { x, y } = this.strikes;
    for (let k = from; k < to; k++) {
      const i = order ? order[k] : k;
      const s = slot[i];
      if (s < 0) continue;
      count[s] += sign;
      sumX[s] += sign * x[i];
      sumY[s] += sign * y[i];
      rows[s] ^= i;
    }
  }

  /** Sums by day, cell and class of the strikes that start or end, so that a step of the window is cheap. */
  _byDay(before, order) {
    const { slot, strikes: { x, y, days } } = this;
    const start = new Int32Array(days + 1); // the first sum of each day
    const seen = new Int32Array(this.count.length).fill(-1); // the last sum of each cell and class
    const slots = [];
    const [counts, sumsX, sumsY, rows] = [[], [], [], []];
    for (let day = 0; day < days; day++) {
      start[day] = slots.length;
      for (let k = before[day]; k < before[day + 1]; k++) {
        const i = order ? order[k] : k;
        const s = slot[i];
        if (s < 0) continue;
        let at = seen[s];
        if (at < start[day]) {
          at = slots.length;
          seen[s] = at;
          slots.push(s);
          counts.push(0);
          sumsX.push(0);
          sumsY.push(0);
          rows.push(0);
        }
        counts[at] += 1;
        sumsX[at] += x[i];
        sumsY[at] += y[i];
        rows[at] ^= i;
      }
    }
    start[days] = slots.length;
    return {
      start, slots: Int32Array.from(slots), counts: Int32Array.from(counts), rows: Int32Array.from(rows),
      sumsX: Float64Array.from(sumsX), sumsY: Float64Array.from(sumsY),
    };
  }

  /** Add the sums of the days from `from` up to, not including, `to` to the cells (sign 1), or subtract them (-1). */
  _change(sign, sums, from, to) {
    const { count, sumX, sumY, rows } = this;
    for (let k = sums.start[from]; k < sums.start[to]; k++) {
      const s = sums.slots[k];
      count[s] += sign * sums.counts[k];
      sumX[s] += sign * sums.sumsX[k];
      sumY[s] += sign * sums.sumsY[k];
      rows[s] ^= sums.rows[k];
    }
  }

  /** Recount after a move of the map or a change of the filter. */
  rebuild() {
    if (!this.cell) return;
    for (const sums of [this.count, this.sumX, this.sumY, this.rows]) sums.fill(0);
    const { strikes, filter, cell, window: [first, last] } = this;
    // The slot of a strike: cell and depth class; -1 when it is out of view or filtered out.
    this.slot = this.slot && this.slot.length === strikes.n ? this.slot : new Int32Array(strikes.n);
    for (let i = 0; i < strikes.n; i++) {
      this.slot[i] = cell[i] < 0 || !filter.pass[i] ? -1 : cell[i] * DEPTH_CLASSES + strikes.depthClass[i];
    }
    this.sums = null; // computed when the window moves
    if (strikes.days) {
      this._add(1, 0, strikes.startedBefore[last + 1]);
      this._add(-1, 0, strikes.endedBefore[first], strikes.byEnd);
    }
    if (filter.undated) this._add(1, strikes.dated, strikes.n);
  }

  /** Move the window of days; the cost depends on what enters and leaves only. */
  setWindow(first, last) {
    const [oldFirst, oldLast] = this.window;
    this.window = [first, last];
    const { startedBefore, endedBefore, byEnd, days } = this.strikes;
    if (!this.cell || !days) return;
    this.sums ??= [this._byDay(startedBefore), this._byDay(endedBefore, byEnd)];
    const [started, ended] = this.sums;
    this._change(1, started, oldLast + 1, last + 1);
    this._change(-1, started, last + 1, oldLast + 1);
    this._change(-1, ended, oldFirst, first);
    this._change(1, ended, first, oldFirst);
  }

  /** The largest count of a cell in the busiest window of this length, for a scale that does not change. */
  busiest(length) {
    const { strikes } = this;
    let best = 0;
    let most = -1;
    for (let first = 0; first + length <= strikes.days; first++) {
      const n = strikes.startedBefore[first + length] - strikes.endedBefore[first];
      if (n > most) [most, best] = [n, first];
    }
    const counts = new Int32Array(this.cells * strikes.shapes);
    let largest = 1;
    const stop = strikes.days ? strikes.startedBefore[Math.min(best + length, strikes.days)] : 0;
    for (let i = 0; i < stop; i++) {
      const cell = this.cell[i];
      if (strikes.end[i] >= best && cell >= 0 && this.filter.pass[i]) largest = Math.max(largest, ++counts[cell]);
    }
    return largest;
  }

  /** The bubbles to draw, largest first: cells with their centre, count and most frequent depth class. */
  bubbles(radius) {
    const found = [];
    const { count, sumX, sumY, rows, scale, origin } = this;
    const cells = this.cells * this.strikes.shapes;
    for (let cell = 0; cell < cells; cell++) {
      const from = cell * DEPTH_CLASSES;
      const to = from + DEPTH_CLASSES;
      let most = from;
      let n = 0;
      let x = 0;
      let y = 0;
      let row = 0;
      for (let s = from; s < to; s++) {
        if (!count[s]) continue;
        n += count[s];
        x += sumX[s];
        y += sumY[s];
        row ^= rows[s];
        if (count[s] > count[most]) most = s;
      }
      if (!n) continue;
      found.push({
        n, depthClass: most - from, cells: [cell], shape: Math.floor(cell / this.cells), row: n === 1 ? row : -1,
        x: (x / n) * scale - origin.x, y: (y / n) * scale - origin.y, r: radius(n),
      });
    }
    if (this.dots) return found;
    return this._merge(found.toSorted((a, b) => b.n - a.n || a.cells[0] - b.cells[0]), radius);
  }

  /** Merge neighbours of one direction whose symbols would overlap. */
  _merge(found, radius) {
    const at = new Map(found.map((bubble) => [bubble.cells[0], bubble]));
    const gone = new Set();
    for (const bubble of found) {
      if (gone.has(bubble)) continue;
      const cell = bubble.cells[0];
      for (const step of [-this.columns - 1, -this.columns, -this.columns + 1, -1, 1, this.columns - 1, this.columns,
        this.columns + 1]) {
        const other = at.get(cell + step);
        if (!other || other === bubble || gone.has(other) || other.n > bubble.n || other.shape !== bubble.shape) continue;
        if (Math.hypot(other.x - bubble.x, other.y - bubble.y) >= Math.max(bubble.r, other.r) * 1.1) continue;
        const n = bubble.n + other.n;
        bubble.x = (bubble.x * bubble.n + other.x * other.n) / n;
        bubble.y = (bubble.y * bubble.n + other.y * other.n) / n;
        Object.assign(bubble, { n, row: -1, r: radius(n) });
        bubble.cells.push(...other.cells);
        gone.add(other);
      }
    }
    return found.filter((bubble) => !gone.has(bubble));
  }

  /** The strikes in a bubble. */
  rowsOf(bubble) {
    const cells = new Set(bubble.cells);
    return this.filter.rows(...this.window).filter((i) => cells.has(this.cell[i]));
  }
}
