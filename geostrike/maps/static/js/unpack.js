/* From the data blocks of the page to bytes, numbers and outlines. */

const utf8 = new TextDecoder();

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

async function unzip(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const unzipJson = async (text) => JSON.parse(utf8.decode(await unzip(fromBase64(text))));

/** A data block's element, as soon as the parser has closed it. */
function block(name) {
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

const blockJson = async (name) => unzipJson((await block(name)).textContent);

/** Latitudes and longitudes of a line that is stored as integer differences. */
function outline(numbers, precision) {
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

/** Numbers whose bytes stand apart: all lowest bytes first, then all second ones. */
function fromPlanes(raw, from, planes, n) {
  const values = new Int32Array(n);
  for (let plane = 0; plane < planes; plane++) {
    const at = from + plane * n;
    const shift = 8 * plane;
    for (let i = 0; i < n; i++) values[i] |= raw[at + i] << shift;
  }
  return values;
}

/** The columns of the payload: byte planes put together, differences added up. */
function columns(meta, raw) {
  const { n, places, medians: ofPlace } = meta;
  const medians = {};
  let at = 0;
  for (const name of ofPlace) {
    medians[name] = new Uint32Array(raw.slice(at, at + 4 * places).buffer);
    at += 4 * places;
  }
  const result = {};
  const wide = new Set(['start', 'place', ...ofPlace]); // these become more than a byte below
  for (const [name, planes] of meta.planes) {
    if (planes === 1 && !wide.has(name)) result[name] = raw.subarray(at, at + n);
    else result[name] = fromPlanes(raw, at, planes, n);
    at += planes * n;
  }
  for (const name of ['start', 'place']) {
    const values = result[name];
    for (let i = 0, sum = 0; i < n; i++) values[i] = sum += (values[i] >>> 1) ^ -(values[i] & 1);
  }
  for (let i = 0; i < n; i++) result.start[i] -= 1;
  for (const name of ofPlace) {
    const values = result[name];
    const { place } = result;
    const median = medians[name];
    for (let i = 0; i < n; i++) {
      const stored = values[i] - 1;
      values[i] = stored < 0 ? -1 : median[place[i]] + ((stored >>> 1) ^ -(stored & 1));
    }
  }
  return result;
}
