/* Summary statistics of the strikes in a window. */

import { directionText, kilometres, t } from './texts.js';

/** Median and maximum depth per direction of fire, without strikes on the attacker's own side. */
export function depthSummary(layer, window_) {
  const { strikes, filter } = layer;
  const aside = strikes.words.side.map((side) => side === 'home' || side === 'outside');
  const found = strikes.words.direction.map(() => null);
  filter.each(...window_, (i) => {
    const depth = strikes.depth[i];
    if (aside[strikes.side[i]] || depth < 0) return;
    const direction = strikes.direction[i];
    found[direction] = found[direction] || { direction, n: 0, byDepth: new Uint32Array(strikes.deepest + 1) };
    found[direction].n++;
    found[direction].byDepth[depth]++;
  });
  const groups = found.filter(Boolean).toSorted((a, b) => b.n - a.n);
  return groups.map(({ direction, n, byDepth }) => {
    const middle = (nth(byDepth, (n - 1) >> 1) + nth(byDepth, n >> 1)) / 2;
    const values = { median: kilometres(middle), farthest: kilometres(nth(byDepth, n - 1)) };
    const text = t(n > 1 ? 'median and farthest' : 'one depth', values);
    return groups.length > 1 ? `${directionText(strikes.words.direction[direction])}: ${text}` : text;
  }).join(' · ');
}

/** The value at an index of the sorted values, from the count of each value. */
function nth(counts, place) {
  let value = 0;
  for (let before = counts[0]; before <= place; before += counts[value]) value++;
  return value;
}
