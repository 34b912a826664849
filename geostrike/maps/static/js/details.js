/* The popup with the details of one strike, or a list of several. */

import { ensurePane } from './canvas.js';
import { el, link, styleValue } from './dom.js';
import { swatch } from './symbols.js';
import { countryName, directionText, isKnownDirection, isoDayText, kilometres, number, t, word } from './texts.js';

const MOST_LISTED = 40;

/** Open a popup with the details of one strike, or a list of several. */
export async function openDetails(layer, rows, latLng, radius) {
  const map = layer._map;
  const body = el('div', { class: 'gs-popup' }, el('p', { class: 'gs-dim' }, t('loading')));
  // A click replaces the clicked element, which Leaflet would then take for a click outside the popup.
  body.addEventListener('click', (event) => event.stopPropagation());
  const narrow = map.getSize().x < 520;
  const popup = L.popup({
    className: 'gs-bubble', maxWidth: narrow ? map.getSize().x - 60 : 360, minWidth: Math.min(260, map.getSize().x - 60),
    maxHeight: Math.max(160, map.getSize().y - 110), autoPanPadding: [16, 16], offset: [0, 4 - radius],
  }).setLatLng(latLng).setContent(body).openOn(map);
  popup.getElement().setAttribute('role', 'dialog');
  popup.getElement().setAttribute('aria-label', t('strikes', { count: rows.length, n: number(rows.length) }));
  const close = popup.getElement().querySelector('.leaflet-popup-close-button');
  if (close) close.setAttribute('aria-label', t('close'));
  const line = L.layerGroup().addTo(map);
  popup.on('remove', () => line.remove());
  const show = (...nodes) => {
    body.replaceChildren(...nodes);
    popup.update();
  };
  const showOne = async (i, back) => {
    const record = await layer.strikes.record(i);
    drawMeasure(layer, i, line);
    show(back ? el('button', { type: 'button', class: 'gs-text-button', onclick: back }, `‹ ${t('back')}`) : '',
      strikeDetails(layer, record, 2));
  };
  const showAll = async () => {
    line.clearLayers();
    show(...await strikeList(layer, rows, (i) => showOne(i, showAll), () => map.closePopup()));
  };
  await (rows.length === 1 ? showOne(rows[0]) : showAll());
}

async function strikeList(layer, rows, choose, close) {
  const map = layer._map;
  const { strikes } = layer;
  const listed = rows.slice(-MOST_LISTED).toReversed();
  const records = await Promise.all(listed.map((i) => strikes.record(i)));
  const items = records.map((record) => el('li', {}, el('button', {
    type: 'button', class: 'gs-entry', onclick: () => choose(record.i) },
  swatch(layer.look(record.i)),
  el('span', {}, el('b', {}, record.place || record.place_as_written || t('no place')), el('br'),
    el('span', { class: 'gs-dim' }, [strikes.dateText(record), depthText(strikes, record.i),
      word('status', record.status)].filter(Boolean).join(' · '))))));
  const zoomIn = () => {
    close();
    map.fitBounds(L.latLngBounds(rows.map((i) => strikes.latLng(i))).pad(0.3), { maxZoom: map.getMaxZoom() - 2 });
  };
  const spread = new Set(rows.map((i) => `${strikes.x[i]},${strikes.y[i]}`)).size > 1;
  return [
    el('h2', {}, t('strikes', { count: rows.length, n: number(rows.length) })),
    el('ol', { class: 'gs-list' }, items),
    rows.length > listed.length ? el('p', { class: 'gs-dim' }, t('latest of', {
      n: listed.length, all: number(rows.length) })) : '',
    spread ? el('button', { type: 'button', class: 'gs-button', onclick: zoomIn }, t('zoom in')) : '',
  ];
}

function depthText(strikes, i) {
  return strikes.depth[i] < 0 ? '' : kilometres(strikes.depth[i]);
}

/** "301 km (298-304 km)" */
function depthWithInterval(strikes, i) {
  const [depth, least, most] = [strikes.depth[i], strikes.depth_min[i], strikes.depth_max[i]];
  const text = kilometres(depth);
  if (least < 0 || most < 0 || Math.round(least / 10) === Math.round(most / 10)) return text;
  return `${text} (${number(Math.round(least / 10))}–${number(Math.round(most / 10))})`;
}

/** All details of a strike as elements, with a heading of the given level. */
export function strikeDetails(layer, record, level) {
  const { strikes } = layer;
  const { i } = record;
  const facts = el('dl', { class: 'gs-facts' });
  const fact = (name, ...value) => {
    if (value.flat().some((part) => part)) facts.append(el('dt', {}, name), el('dd', {}, ...value));
  };
  fact(t('date'), el('b', {}, strikes.dateText(record)), writtenForm(record.date_as_written));
  fact(t('place'), placeText(record), writtenForm(record.place_as_written));
  if (!strikes.located(i)) fact(t('not located'), record.place_reason || word('place_status', record.place_status));
  if (strikes.depth[i] >= 0) {
    const where = record.side === 'home' || record.side === 'outside' ? ` · ${word('side', record.side)}` : '';
    fact(t('depth'), el('b', {}, depthWithInterval(strikes, i)), where);
  } else if (record.side === 'home' || record.side === 'outside') fact(t('depth'), word('side', record.side));
  fact(t('target'), word('target', record.target_kind));
  fact(t('weapon'), word('weapon', record.weapon));
  if (isKnownDirection(record.direction)) fact(t('direction'), directionText(record.direction));
  return el('article', { class: 'gs-strike' },
    el('header', {}, swatch(layer.look(i), 24), el(`h${level}`, {}, record.place || record.place_as_written || t('no place')),
      el('span', { class: 'gs-status' }, word('status', record.status))),
    facts, ...[statedDistances(strikes, record), claimsList(record), sourceList(record)]
      .filter((part) => part.rows.length)
      .map((part) => el('section', {}, el(`h${level + 1}`, {}, part.title), el('ul', { class: 'gs-plain' }, part.rows))));
}

const writtenForm = (text) => (text ? el('span', { class: 'gs-written' }, t('as written'), ' ', el('q', {}, text)) : '');

function placeText(record) {
  if (!record.place) return '';
  const kind = word('kind', record.place_kind);
  return [record.place, kind, record.country && countryName(record.country)].filter(Boolean).join(', ');
}

function statedDistances(strikes, record) {
  const rows = record.distances.map((stated) => el('li', {}, el('q', {}, stated.quote), ' — ', t('stated against', {
    stated: stated.value_km === '' ? '–' : t('km', { value: number(Math.round(stated.value_km)) }),
    computed: strikes.depth[record.i] < 0 ? '–' : depthWithInterval(strikes, record.i),
  }), ' ', el('span', { class: 'gs-verdict' }, word('verdict', stated.verdict))));
  return { title: t('stated distances'), rows };
}

function claimsList(record) {
  const rows = record.claims.map((claim) => el('li', {}, el('b', {}, claim.speaker || t('unnamed')),
    claim.speaker_side ? ` (${countryName(claim.speaker_side)})` : '', ` ${word('stance', claim.stance)}`,
    claim.quote ? [': ', el('q', {}, claim.quote)] : ''));
  return { title: t('claims'), rows };
}

function sourceList(record) {
  const rows = record.sources.map((source) => el('li', {},
    link(source.title || source.publisher || t('report'), source.url),
    el('span', { class: 'gs-dim' }, ` ${[source.title ? source.publisher : '', isoDayText(source.published)]
      .filter(Boolean).join(', ')}`)));
  return { title: t('sources'), rows };
}

/** Draw the measured line from the nearest point of the border to the strike. */
function drawMeasure(layer, i, group) {
  const { strikes } = layer;
  group.clearLayers();
  if (strikes.nearest_x[i] < 0 || !strikes.located(i) || !layer._map) return;
  const from = [strikes.latitude(strikes.nearest_y[i]), strikes.longitude(strikes.nearest_x[i])];
  const options = { color: styleValue('--gs-ink'), weight: 1.6, interactive: false, pane: 'gs-bands' };
  ensurePane(layer._map, 'gs-bands', 300);
  L.polyline(greatCircle(from, strikes.latLng(i)), { ...options, dashArray: '2 5' }).addTo(group);
  L.circleMarker(from, { ...options, radius: 3.5, fill: true, fillOpacity: 1, fillColor: styleValue('--gs-paper') })
    .addTo(group);
}

function unitVector([latitude, longitude]) {
  const [f, l] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180];
  return [Math.cos(f) * Math.cos(l), Math.cos(f) * Math.sin(l), Math.sin(f)];
}

/** Points of the great circle between two places, for drawing only. */
export function greatCircle(from, to, steps = 32) {
  const [a, b] = [unitVector(from), unitVector(to)];
  const angle = Math.acos(Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]));
  if (angle < 1e-6) return [from, to];
  return [...Array(steps + 1).keys()].map((k) => {
    const [p, q] = [Math.sin((1 - k / steps) * angle), Math.sin((k / steps) * angle)].map((s) => s / Math.sin(angle));
    const [x, y, z] = a.map((value, axis) => p * value + q * b[axis]);
    return [(Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI, (Math.atan2(y, x) * 180) / Math.PI];
  });
}
