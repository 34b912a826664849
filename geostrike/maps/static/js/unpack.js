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
  for (const [name, planes] of meta.planes) {
    const values = new Int32Array(n);
    for (let plane = 0; plane < planes; plane++, at += n) {
      for (let i = 0; i < n; i++) values[i] |= raw[at + i] << (8 * plane);
    }
    result[name] = values;
  }
  for (const name of ['start', 'place']) {
    const values = result[name];
    for (let i = 0, sum = 0; i < n; i++) values[i] = sum += (values[i] >>> 1) ^ -(values[i] & 1);
  }
  for (let i = 0; i < n; i++) result.start[i] -= 1;
  for (const name of ofPlace) {
    const values = result[name];
    for (let i = 0; i < n; i++) {
      const stored = values[i] - 1;
      values[i] = stored < 0 ? -1 : medians[name][result.place[i]] + ((stored >>> 1) ^ -(stored & 1));
    }
  }
  return result;
}
