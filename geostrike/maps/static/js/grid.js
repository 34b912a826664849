/* Which strikes stand together on the screen: cells that are updated by what enters and leaves the window of days. */

const CELL_SIZES = [[6000, 46], [900, 32], [0, 20]]; // strikes in view -> pixels
const SYMBOL_RADIUS = 7.5;

class Grid {
  constructor(strikes, filter) {
    this.strikes = strikes;
    this.filter = filter;
    this.window = [0, 0];
  }

  /** Lay the cells over a view: pixel origin, width, height, and pixels for each world unit. */
  place(origin, width, height, scale) {
    const { strikes } = this;
    Object.assign(this, { origin, width, height, scale });
    const [west, north] = [origin.x / scale, origin.y / scale];
    const [east, south] = [(origin.x + width) / scale, (origin.y + height) / scale];
    const inside = (i) => {
      const x = strikes.x[i];
      const y = strikes.y[i];
      return x >= 0 && x >= west && x < east && y >= north && y < south;
    };
    let count = 0;
    for (let i = 0; i < strikes.n; i++) if (inside(i)) count++;
    const size = CELL_SIZES.find(([least]) => count >= least)[1];
    this.size = size;
    this.columns = Math.ceil(width / size) + 2;
    const rows = Math.ceil(height / size) + 2;
    this.cells = this.columns * rows;
    // The cells stand still on the ground while the map is panned.
    const [shiftX, shiftY] = [origin.x - ((origin.x % size) + size) % size, origin.y - ((origin.y % size) + size) % size];
    if (!this.cell || this.cell.length !== strikes.n) this.cell = new Int32Array(strikes.n);
    for (let i = 0; i < strikes.n; i++) {
      this.cell[i] = inside(i)
        ? strikes.shape[i] * this.cells
          + Math.floor((strikes.y[i] * scale - shiftY) / size) * this.columns
          + Math.floor((strikes.x[i] * scale - shiftX) / size)
        : -1;
    }
    const length = this.cells * MOST_DIRECTIONS;
    this.count = new Int32Array(length);
    this.sumX = new Float64Array(length);
    this.sumY = new Float64Array(length);
    this.sumRow = new Float64Array(length);
    this.classes = new Int32Array(length * DEPTH_CLASSES);
    this.rebuild();
  }

  _add(i, sign) {
    const cell = this.cell[i];
    if (cell < 0 || !this.filter.pass[i]) return;
    this.count[cell] += sign;
    this.sumX[cell] += sign * (this.strikes.x[i] * this.scale - this.origin.x);
    this.sumY[cell] += sign * (this.strikes.y[i] * this.scale - this.origin.y);
    this.sumRow[cell] += sign * i;
    this.classes[cell * DEPTH_CLASSES + this.strikes.depthClass[i]] += sign;
  }

  /** Count anew: after a move of the map or a change of the filter. */
  rebuild() {
    if (!this.cell) return;
    for (const sums of [this.count, this.sumX, this.sumY, this.sumRow, this.classes]) sums.fill(0);
    const { strikes, filter, window: [first, last] } = this;
    const stop = strikes.days ? strikes.startedBefore[last + 1] : 0;
    for (let i = 0; i < stop; i++) if (strikes.end[i] >= first) this._add(i, 1);
    if (filter.undated) for (let i = strikes.dated; i < strikes.n; i++) this._add(i, 1);
  }

  /** Move the window of days: costs what enters and leaves, not what is there. */
  setWindow(first, last) {
    const [oldFirst, oldLast] = this.window;
    this.window = [first, last];
    if (!this.cell || !this.strikes.days) return;
    const { startedBefore, endedBefore, byEnd } = this.strikes;
    const changes = Math.abs(startedBefore[last + 1] - startedBefore[oldLast + 1])
      + Math.abs(endedBefore[first] - endedBefore[oldFirst]);
    if (changes > startedBefore[last + 1]) {
      this.rebuild();
      return;
    }
    for (let i = startedBefore[oldLast + 1]; i < startedBefore[last + 1]; i++) this._add(i, 1);
    for (let i = startedBefore[last + 1]; i < startedBefore[oldLast + 1]; i++) this._add(i, -1);
    for (let k = endedBefore[oldFirst]; k < endedBefore[first]; k++) this._add(byEnd[k], -1);
    for (let k = endedBefore[first]; k < endedBefore[oldFirst]; k++) this._add(byEnd[k], 1);
  }

  /** The largest number of strikes that any window of this length could show in one cell, for a scale that holds still. */
  busiest(length) {
    const { strikes } = this;
    let best = 0;
    let most = -1;
    for (let first = 0; first + length <= strikes.days; first++) {
      const n = strikes.startedBefore[first + length] - strikes.endedBefore[first];
      if (n > most) [most, best] = [n, first];
    }
    const counts = new Int32Array(this.count.length);
    let largest = 1;
    const stop = strikes.days ? strikes.startedBefore[Math.min(best + length, strikes.days)] : 0;
    for (let i = 0; i < stop; i++) {
      const cell = this.cell[i];
      if (strikes.end[i] >= best && cell >= 0 && this.filter.pass[i]) largest = Math.max(largest, ++counts[cell]);
    }
    return largest;
  }

  /** What is to be drawn, largest first: cells with their centre, number and most frequent depth class. */
  bubbles(radius) {
    const found = [];
    for (let cell = 0; cell < this.count.length; cell++) {
      const n = this.count[cell];
      if (n <= 0) continue;
      let depthClass = 0;
      for (let k = 1; k < DEPTH_CLASSES; k++) {
        if (this.classes[cell * DEPTH_CLASSES + k] > this.classes[cell * DEPTH_CLASSES + depthClass]) depthClass = k;
      }
      found.push({
        n, depthClass, cells: [cell], shape: Math.floor(cell / this.cells), row: n === 1 ? this.sumRow[cell] : -1,
        x: this.sumX[cell] / n, y: this.sumY[cell] / n, r: radius(n),
      });
    }
    return this._joined(found.sort((a, b) => b.n - a.n || a.cells[0] - b.cells[0]), radius);
  }

  /** Neighbours of one direction whose symbols would cover each other become one. */
  _joined(found, radius) {
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

  /** The strikes that a bubble stands for. */
  rowsOf(bubble) {
    const cells = new Set(bubble.cells);
    return this.filter.rows(...this.window).filter((i) => cells.has(this.cell[i]));
  }
}
