/* Decode the data blocks of the page: bytes, numbers, outlines and texts. */

const utf8 = new TextDecoder();

export function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export async function unzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export const unzipJson = async (text) => JSON.parse(utf8.decode(await unzip(fromBase64(text))));

/** The element of a data block, as soon as it is complete. */
export function block(name) {
  return new Promise((resolve) => {
    const check = () => {
      const node = document.getElementById(name);
      if (!node || (!node.nextElementSibling && document.readyState === 'loading')) return false;
      resolve(node);
      return true;
    };
    if (check()) return;
    const observer = new MutationObserver(() => check() && observer.disconnect());
    observer.observe(document, { childList: true, subtree: true });
    document.addEventListener('DOMContentLoaded', () => check() && observer.disconnect());
  });
}

export const blockJson = async (name) => unzipJson((await block(name)).textContent);

/** The points of a line that is stored as integer differences. */
export function outline(numbers, precision) {
  const points = [];
  let longitude = 0;
  let latitude = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    longitude += numbers[i];
    latitude += numbers[i + 1];
    points.push([latitude / precision, longitude / precision]);
  }
  return points;
}

/** Numbers from byte planes: all lowest bytes first, then all second ones. */
function fromPlanes(raw, from, planes, n) {
  const values = new Int32Array(n);
  for (let plane = 0; plane < planes; plane++) {
    const at = from + plane * n;
    const shift = 8 * plane;
    for (let i = 0; i < n; i++) values[i] |= raw[at + i] << shift;
  }
  return values;
}

/** The columns of numbers by name, decoded as the header describes them. */
export function columns(meta, raw) {
  const { n, places } = meta;
  const medians = {};
  let at = 0;
  for (const name of places.medians) {
    medians[name] = new Uint32Array(raw.slice(at, at + 4 * places.n).buffer);
    at += 4 * places.n;
  }
  const result = {};
  for (const column of meta.numbers) {
    result[column.name] = storedNumbers(column, raw, at, n);
    at += (column.planes || 0) * n;
  }
  for (const { name, form } of meta.numbers) if (form === 'steps') addUp(result[name]);
  for (const { name, form } of meta.numbers) {
    if (form === 'from_median') addMedians(result[name], medians[name], result.place);
  }
  return result;
}

/** A column before decoding: one value for all rows, or byte planes. Only a plain column may have one byte per row. */
function storedNumbers({ form, planes, value }, raw, at, n) {
  const narrow = form === 'plain';
  if (!planes) return (narrow ? new Uint8Array(n) : new Int32Array(n)).fill(value);
  return planes === 1 && narrow ? raw.subarray(at, at + n) : fromPlanes(raw, at, planes, n);
}

/** Convert zigzag-coded differences to values, in place. */
function addUp(values) {
  for (let i = 0, sum = 0; i < values.length; i++) values[i] = sum += (values[i] >>> 1) ^ -(values[i] & 1);
}

/** Convert zigzag-coded differences from the median of the row's place to values, in place; 0 becomes -1. */
function addMedians(values, medians, place) {
  for (let i = 0; i < values.length; i++) {
    const stored = values[i] - 1;
    values[i] = stored < 0 ? -1 : medians[place[i]] + ((stored >>> 1) ^ -(stored & 1));
  }
}

// --- texts -----------------------------------------------------------------------------------------------------------

const ESCAPED = { '\x01': '\x01', '\x02': '\x02', '\x03': '\x03', '\x05': '\n', '\x06': '\x04' };

/** Replace the marks in a text by the names of place and publisher. */
export function fillMarks(text, place, publisher) {
  // oxlint-disable-next-line no-control-regex -- the marks are control characters
  return text.replace(/\x03([\x01-\x06])|[\x01\x02]/g, (mark, escaped) => (
    escaped ? ESCAPED[escaped] : mark === '\x01' ? place : publisher));
}

/** A block of texts; docs/map-payload.md describes the format. */
export class TextBlock {
  constructor(bytes, columnsOf, size, placeOf) {
    this.parts = utf8.decode(bytes).split('\x04').map(textColumn);
    this.size = size;
    this.placeOf = placeOf;
    this.at = 0;
    const strikes = this._take(columnsOf.strikes);
    this.fields = (k) => this._row(strikes, k, placeOf(k));
    this.openDays = this._details(columnsOf.open_days);
    this.claims = this._details(columnsOf.claims);
    this.distances = this._details(columnsOf.distances);
    this.sources = this._sources(columnsOf.sources);
  }

  _take(names) {
    return names.map((name) => [name, this.parts[this.at++]]);
  }

  _row(named, k, place, publisher) {
    return Object.fromEntries(named.map(([name, column]) => [name, fillMarks(column(k), place, publisher)]));
  }

  /** The first index of each row's details, from a column with their number. */
  _begins() {
    const count = this.parts[this.at++];
    const begins = [0];
    for (let k = 0; k < this.size; k++) begins.push(begins[k] + Number(count(k)));
    return begins;
  }

  _details(names) {
    const begins = this._begins();
    const named = this._take(names);
    return (k) => rangeOf(begins[k], begins[k + 1]).map((detail) => this._row(named, detail, this.placeOf(k)));
  }

  _sources(names) {
    const begins = this._begins();
    const numbers = this.parts[this.at++];
    const number = (k) => (numbers(k) === '' ? k : Number(numbers(k)));
    const source = Object.fromEntries(this._take(names));
    const citedBy = new Map(); // the first row that cites a source: a mark in the title refers to its place
    for (let k = 0; k < this.size; k++) {
      for (const at of rangeOf(begins[k], begins[k + 1]).map(number)) if (!citedBy.has(at)) citedBy.set(at, k);
    }
    return (k) => rangeOf(begins[k], begins[k + 1]).map(number).map((at) => {
      const publisher = fillMarks(source.publisher(at));
      return {
        publisher, title: fillMarks(source.title(at), this.placeOf(citedBy.get(at)), publisher),
        published: source.published(at), url: fillMarks(source.url_start(at) + source.url_rest(at)),
      };
    });
  }
}

const rangeOf = (from, to) => Array.from({ length: to - from }, (_, k) => from + k);

/** A column of a block as a function from row to text: one value for all rows, or one line per row. */
function textColumn(part) {
  if (part[0] === '=') return () => part.slice(1);
  const lines = part.slice(1).split('\n');
  return (k) => lines[k];
}
