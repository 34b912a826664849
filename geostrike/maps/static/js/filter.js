/* The filter over the strikes, and counts for any window of days. */

import { DEPTH_CLASSES } from './strikes.js';

/** Which strikes are selected by depth, direction, status and place, and how many of them are in a window of days. */
export class Filter {
  constructor(strikes) {
    this.strikes = strikes;
    this.facets = {
      depth: { codes: strikes.depthClass, size: DEPTH_CLASSES },
      direction: { codes: strikes.direction, size: strikes.words.direction.length },
      status: { codes: strikes.status, size: strikes.words.status.length },
    };
    for (const facet of Object.values(this.facets)) facet.on = new Uint8Array(facet.size).fill(1);
    this.places = null;
    this.undated = true;
    this.pass = new Uint8Array(strikes.n); // filled by recount()
  }

  /** After a change of the selection: recompute which strikes pass, and the cumulative counts of every facet. */
  recount() {
    const { strikes, pass } = this;
    const facets = Object.values(this.facets);
    this.total = this._sums();
    this.drawn = this._sums();
    for (const facet of facets) facet.sums = Array.from({ length: facet.size }, () => this._sums());
    for (let i = 0; i < strikes.n; i++) {
      if (this.places && !this.places[strikes.place[i]]) {
        pass[i] = 0;
        continue;
      }
      let failed = 0;
      let failing = null;
      for (const facet of facets) {
        if (!facet.on[facet.codes[i]]) {
          failed++;
          failing = facet;
        }
      }
      pass[i] = failed ? 0 : 1;
      if (failed > 1) continue;
      if (failed === 1) this._note(failing.sums[failing.codes[i]], i);
      else {
        for (const facet of facets) this._note(facet.sums[facet.codes[i]], i);
        this._note(this.total, i);
        if (strikes.x[i] >= 0) this._note(this.drawn, i);
      }
    }
    const all = [this.total, this.drawn, ...facets.flatMap((facet) => facet.sums)];
    for (const { started, ended } of all) {
      for (let d = 0; d <= strikes.days; d++) {
        started[d + 1] += started[d];
        ended[d + 1] += ended[d];
      }
    }
  }

  _sums() {
    const size = this.strikes.days + 2;
    return { started: new Int32Array(size), ended: new Int32Array(size), undated: 0 };
  }

  _note(sums, i) {
    const first = this.strikes.start[i];
    if (first < 0) sums.undated++;
    else {
      sums.started[first + 1]++;
      sums.ended[this.strikes.end[i] + 1]++;
    }
  }

  /** The number of strikes in `sums` whose interval overlaps the window, plus undated ones if they are shown. */
  count(sums, first, last) {
    const dated = this.strikes.days ? sums.started[last + 1] - sums.ended[first] : 0;
    return dated + (this.undated ? sums.undated : 0);
  }

  /** The same without undated strikes. */
  countDated(sums, first, last) {
    return sums.started[last + 1] - sums.ended[first];
  }

  get active() {
    return this.places !== null || Object.values(this.facets).some((facet) => facet.on.includes(0));
  }

  clear() {
    this.places = null;
    for (const facet of Object.values(this.facets)) facet.on.fill(1);
  }

  /** Call `visit` for each row of a window that passes. */
  each(first, last, visit) {
    const { pass } = this;
    this.strikes.each(first, last, this.undated, (i) => pass[i] && visit(i));
  }

  rows(first, last) {
    const found = [];
    this.each(first, last, (i) => found.push(i));
    return found;
  }
}
