/* The texts of the interface in the current language, and formats of numbers, days and countries. */

import RAW_TEXTS from '../texts.json' with { type: 'json' };
import { dictionary } from './dom.js';

export const TEXTS = new Map(Object.entries(RAW_TEXTS).map(([language, { words, ...texts }]) => [
  language, { texts: dictionary(texts), words: dictionary(words || {}) }]));
export const LANGUAGES = [...TEXTS.keys()];
export const DAY = 86400000;
const COUNTRY_CODES = dictionary({
  RUS: 'RU', UKR: 'UA', BLR: 'BY', MDA: 'MD', POL: 'PL', ROU: 'RO', HUN: 'HU', SVK: 'SK', GEO: 'GE', KAZ: 'KZ',
  LTU: 'LT', LVA: 'LV', EST: 'EE', FIN: 'FI', NOR: 'NO', AZE: 'AZ', CHN: 'CN', MNG: 'MN', PRK: 'KP', TUR: 'TR',
  ISR: 'IL', PSE: 'PS', LBN: 'LB', SYR: 'SY', IRN: 'IR', IRQ: 'IQ', JOR: 'JO', EGY: 'EG', SAU: 'SA', YEM: 'YE',
  IND: 'IN', PAK: 'PK', AFG: 'AF', ARM: 'AM', USA: 'US', SDN: 'SD', ETH: 'ET', BGR: 'BG',
});

export const locale = {
  language: 'en',
  /** Change the language; existing elements must be rebuilt. */
  set(language) {
    this.language = LANGUAGES.includes(language) ? language : 'en';
    const tag = this.language === 'en' ? 'en-GB' : this.language;
    const day = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
    this.days = new Intl.DateTimeFormat(tag, day);
    this.daysOfMonth = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    this.months = new Intl.DateTimeFormat(tag, { month: 'short', timeZone: 'UTC' });
    this.numbers = new Intl.NumberFormat(tag);
    this.plurals = new Intl.PluralRules(tag);
    this.countries = new Intl.DisplayNames([tag], { type: 'region' });
    document.documentElement.lang = this.language;
  },
};
locale.set('en');

/** The text of a key with its {values} filled in; a `count` selects the plural form. */
export function t(key, values) {
  let text = TEXTS.get(locale.language).texts.get(key);
  if (text === undefined) text = TEXTS.get('en').texts.get(key);
  if (text === undefined) return key;
  if (typeof text === 'object') text = text[locale.plurals.select(values.count)] || text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (values && Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** The translation of a word of a closed vocabulary; the word itself if there is none. */
export function word(vocabulary, value) {
  const key = `${vocabulary}:${value}`;
  return TEXTS.get(locale.language).words.get(key) || TEXTS.get('en').words.get(key) || value;
}

export const number = (value) => locale.numbers.format(value);
export const shortNumber = (value) => {
  if (value < 1000) return String(value);
  if (value < 999500) return `${(value / 1000).toFixed(value < 9950 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
};
export const dayText = (milliseconds) => locale.days.format(new Date(milliseconds));
export const isoDay = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 10);
/** An ISO day in the format of the language. */
export const isoDayText = (iso) => (iso ? dayText(Date.parse(`${iso}T00:00:00Z`)) : '');
/** A range of days: 18–19 Mar 2025. */
export const rangeText = (first, last) => locale.days.formatRange(new Date(first), new Date(last))
  .replace(/[\u2009\u202f]/g, ' ').replace(/^(\d+\.?) – (?=\d)/, '$1–');
export const kilometres = (tenths) => t('km', { value: number(Math.round(tenths / 10)) });

export function countryName(code) {
  if (!code) return t('unknown country');
  return COUNTRY_CODES.has(code) ? locale.countries.of(COUNTRY_CODES.get(code)) : code;
}
/** Whether the attacker or the struck country of a direction is known. */
export const isKnownDirection = ({ attacker, struck_country: struck }) => Boolean(attacker || struck);
/** A direction of fire as text: "Ukraine → Russia"; "strikes in Russia" if the attacker is unknown. */
export function directionText({ attacker, struck_country: struck }) {
  if (!attacker) return struck ? strikesIn(struck) : t('unknown country');
  if (attacker === struck) return t('own territory', { country: countryName(struck) });
  return `${countryName(attacker)} → ${countryName(struck)}`;
}
/** The strikes in a country; `words` has the phrase for countries whose names are inflected in it. */
function strikesIn(country) {
  const phrase = word('in', country);
  return phrase === country ? t('strikes in', { country: countryName(country) }) : phrase;
}

/** The name of a border: its two countries if they are known, its own name otherwise. */
export function borderName(border) {
  return border.pair ? t('border between', { countries: border.pair.map(countryName).join(' – ') }) : border.name;
}
