'use strict';

/* Tables that can be sorted by a click on a column's name; without this script they stay as they are. */
for (const table of document.querySelectorAll('table.sortable')) {
  const bodies = [...table.tBodies];
  table.querySelectorAll('thead th').forEach((head, column) => {
    if (head.dataset.kind === undefined) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of head.parentNode.children) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const value = (body) => body.rows[0].cells[column].dataset.sort;
      const compare = head.dataset.kind === 'number'
        ? (a, b) => Number(value(a)) - Number(value(b))
        : (a, b) => value(a).localeCompare(value(b));
      const sorted = bodies.map((body, at) => [body, at])
        .sort(([a, i], [b, j]) => (down ? -1 : 1) * compare(a, b) || i - j);
      table.append(...sorted.map(([body]) => body));
    });
  });
}

/* The map takes the pointer only when it is asked to, so that the page can be scrolled past it. */
const cover = document.querySelector('.map-cover');
if (cover) {
  cover.hidden = false;
  cover.addEventListener('click', () => {
    cover.hidden = true;
    cover.parentNode.querySelector('iframe').focus({ preventScroll: true });
  });
}

/* On paper everything is open. */
const closed = () => document.querySelectorAll('details:not([open])');
let opened = [];
addEventListener('beforeprint', () => {
  opened = [...closed()];
  for (const part of opened) part.open = true;
});
addEventListener('afterprint', () => {
  for (const part of opened) part.open = false;
});
document.documentElement.dataset.geostrike = 'ready';
