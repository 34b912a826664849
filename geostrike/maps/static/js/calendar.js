/* Days, weeks, months and years on the time axis. */

import { DAY, locale } from './texts.js';

/** The ticks of the axis: position and label. */
export function ticksOf(strikes, width) {
  return strikes.days <= 75 ? dayTicks(strikes, width) : monthTicks(strikes, width);
}

function dayTicks({ days, firstDay }, width) {
  const apart = [1, 2, 7].find((n) => (n / days) * width > 52) || 14;
  return [...Array(Math.ceil(days / apart)).keys()].map((k) => ({
    x: ((k * apart) / days) * width, january: false, text: locale.daysOfMonth.format(new Date(firstDay + k * apart * DAY)) }));
}

/** Ticks of years, and of months where there are few years; years first, as they are more important. */
function monthTicks(strikes, width) {
  const years = strikes.days / 365.25;
  const apart = [1, 2, 5, 10, 25, 50].find((n) => (n / years) * width > 45) || 100;
  const step = years > 12 ? 12 * apart : strikes.days > 900 ? 3 : 1; // in months
  const ticks = [];
  const year = new Date(strikes.firstDay).getUTCFullYear();
  const begin = step > 12 ? year - (year % apart) : year;
  for (let k = 0; ; k += step) {
    const time = Date.UTC(begin, k, 1);
    const x = ((time - strikes.firstDay) / DAY / strikes.days) * width;
    if (x > width) break;
    if (x < 0) continue;
    const january = k % 12 === 0;
    const text = january ? String(new Date(time).getUTCFullYear()) : locale.months.format(new Date(time));
    ticks.push({ x, january, text });
  }
  return ticks.toSorted((a, b) => b.january - a.january);
}

/** First and last day of each calendar unit between the first and the last strike. */
export function binsOf(strikes, unit) {
  const bins = [];
  const date = new Date(strikes.firstDay);
  if (unit === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  if (unit === 'month' || unit === 'year') date.setUTCDate(1);
  if (unit === 'year') date.setUTCMonth(0);
  const dayNumber = () => Math.round((date.getTime() - strikes.firstDay) / DAY);
  while (dayNumber() < strikes.days) {
    const first = dayNumber();
    if (unit === 'month') date.setUTCMonth(date.getUTCMonth() + 1);
    else if (unit === 'year') date.setUTCFullYear(date.getUTCFullYear() + 1);
    else date.setUTCDate(date.getUTCDate() + (unit === 'week' ? 7 : 1));
    bins.push([Math.max(0, first), Math.min(strikes.days, dayNumber()) - 1]);
  }
  return bins;
}
