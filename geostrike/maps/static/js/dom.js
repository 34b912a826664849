/* Elements and links. Text becomes text nodes only: no code of the page sets HTML. */

/** A map for keys from data: an object would also have `toString` and `constructor`. */
export const dictionary = (object) => new Map(Object.entries(object));

/** Create an element with properties and children; strings become text nodes. */
export function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

/** The normalised address if it is a web address, null otherwise. */
export function safeAddress(text) {
  try {
    const address = new URL(text);
    return address.protocol === 'https:' || address.protocol === 'http:' ? address.href : null;
  } catch {
    return null;
  }
}

/** A link that sends no referrer; plain text if the address is not a web address. */
export function link(text, address) {
  const href = safeAddress(address);
  if (!href) return text;
  return el('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, text);
}

const ICONS = dictionary({
  play: 'M7 4l13 8-13 8z',
  pause: 'M6 4h4v16H6zM14 4h4v16h-4z',
  back: 'M16 5v14l-9-7zM6 5h2v14H6z',
  forward: 'M8 5v14l9-7zM16 5h2v14h-2z',
  table: 'M3 5h18v14H3zM3 10h18M3 14.5h18M9 5v14',
  theme: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  print: 'M6 9V3h12v6M6 18H3V9h18v9h-3M6 14h12v7H6z',
  filter: 'M3 5h18l-7 8.5V20l-4-2v-4.5z',
  link: 'M9.5 14.5l5-5M8 11l-2.5 2.5a3.5 3.5 0 0 0 5 5L13 16M11 8l2.5-2.5a3.5 3.5 0 0 1 5 5L16 13',
  close: 'M6 6l12 12M18 6L6 18',
});
const SOLID_ICONS = new Set(['play', 'pause', 'back', 'forward']);

export function icon(name) {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  const path = document.createElementNS(namespace, 'path');
  const solid = SOLID_ICONS.has(name);
  const attributes = { viewBox: '0 0 24 24', width: 18, height: 18, 'aria-hidden': 'true' };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  path.setAttribute('d', ICONS.get(name));
  path.setAttribute('fill', solid ? 'currentColor' : 'none');
  if (!solid) {
    path.setAttribute('stroke', 'currentColor');
    path.setAttribute('stroke-width', '1.8');
    path.setAttribute('stroke-linejoin', 'round');
  }
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onclick, more) {
  const button = el('button', { type: 'button', class: 'gs-icon', 'aria-label': label, title: label, onclick, ...more });
  button.append(icon(name));
  return button;
}

/** A group of radio buttons that looks like a switch. */
export function switchGroup(name, legend, choices, current, onchange) {
  const parts = choices.map(([value, label]) => {
    const input = el('input', { type: 'radio', name, value, id: `${name}-${value}`, onchange: () => onchange(value) });
    input.checked = value === current;
    return [input, el('label', { for: `${name}-${value}` }, label)];
  });
  return el('fieldset', { class: 'gs-switch' }, el('legend', { class: 'gs-hidden' }, legend), parts);
}

/** The current value of a CSS variable of the page, such as --gs-land. */
export const styleValue = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const pixelRatio = () => Math.min(window.devicePixelRatio || 1, 2);
export const UI_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';
