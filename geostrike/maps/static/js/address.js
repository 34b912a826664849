/* The state of the page in its address, so that a link leads to the same view. */

import { DAY, isoDay, locale } from './texts.js';

export const addressOf = {
  read() {
    try {
      return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    } catch {
      return {};
    }
  },

  write(page) {
    const { layer, timeline, map } = page;
    const { strikes, filter } = layer;
    const centre = map.getCenter();
    const values = {
      z: +map.getZoom().toFixed(2),
      c: `${centre.lat.toFixed(3)},${centre.lng.toFixed(3)}`,
    };
    if (strikes.days) values.date = page.window.map((day) => isoDay(strikes.day(day))).join('..');
    if (timeline.mode === 'cumulative') values.mode = 'cumulative';
    if (!filter.undated) values.undated = '0';
    if (locale.language !== page.facts.language) values.lang = locale.language;
    if (page.panel.search.value) values.place = page.panel.search.value;
    for (const [key, facet] of Object.entries(filter.facets)) {
      const off = [...facet.on.keys()].filter((value) => !facet.on[value]);
      if (off.length) values[`no-${key}`] = off.map((value) => facetWord(strikes, key, value)).join(',');
    }
    this.last = new URLSearchParams(values).toString().replaceAll('%2C', ',').replaceAll('%3E', '>');
    try {
      history.replaceState(null, '', `#${this.last}`);
    } catch {
      // A sandboxed frame has no address of its own.
    }
  },

  /** Apply the state in the address to the page; missing and invalid parts are ignored. */
  apply(page) {
    const values = this.read();
    const { layer, map } = page;
    const { strikes, filter } = layer;
    filter.undated = values.undated !== '0';
    for (const [key, facet] of Object.entries(filter.facets)) {
      const off = (values[`no-${key}`] || '').split(',');
      for (const value of facet.on.keys()) facet.on[value] = off.includes(facetWord(strikes, key, value)) ? 0 : 1;
      if (!facet.on.includes(1)) facet.on.fill(1);
    }
    if (values.place) {
      page.panel.search.value = values.place;
      page.panel.keep(values.place);
    }
    page.refilter();
    if (values.mode === 'cumulative' || values.mode === 'window') page.timeline.setMode(values.mode);
    const days = (values.date || '').split('..').map((day) => Math.round(
      (Date.parse(`${day}T00:00:00Z`) - strikes.firstDay) / DAY));
    if (values.date && days.every(Number.isFinite)) {
      const limited = [days[0], days[days.length - 1]].map((day) => Math.max(0, Math.min(strikes.days - 1, day)));
      page.setWindow(Math.min(...limited), Math.max(...limited));
    }
    const centre = (values.c || '').split(',').map(Number);
    const zoom = Number(values.z);
    if (values.z && centre.length === 2 && [...centre, zoom].every(Number.isFinite)) {
      map.setView(centre, zoom, { animate: false });
    }
  },
};

/** A facet's value in the address. */
function facetWord(strikes, key, value) {
  if (key === 'depth') return String(value);
  const named = strikes.words[key][value];
  return key === 'direction' ? `${named.attacker}>${named.struck_country}` : named;
}
