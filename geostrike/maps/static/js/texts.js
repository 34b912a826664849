/* The interface's words in the reader's language, and numbers, days and countries written its way. */

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

export const speech = {
  language: 'en',
  /** Change the language; what was built with the old one must be built again. */
  set(language) {
    this.language = LANGUAGES.includes(language) ? language : 'en';
    const locale = this.language === 'en' ? 'en-GB' : this.language;
    const day = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
    this.days = new Intl.DateTimeFormat(locale, day);
    this.daysOfMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
    this.months = new Intl.DateTimeFormat(locale, { month: 'short', timeZone: 'UTC' });
    this.numbers = new Intl.NumberFormat(locale);
    this.plurals = new Intl.PluralRules(locale);
    this.countries = new Intl.DisplayNames([locale], { type: 'region' });
    document.documentElement.lang = this.language;
  },
};
speech.set('en');

/** The text of a key with its {values} filled in; a `count` chooses the plural form. */
export function t(key, values) {
  let text = TEXTS.get(speech.language).texts.get(key);
  if (text === undefined) text = TEXTS.get('en').texts.get(key);
  if (text === undefined) return key;
  if (typeof text === 'object') text = text[speech.plurals.select(values.count)] || text.other;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (values && Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** A word of one of the tables' closed vocabularies; the word itself where it has no translation. */
export function word(vocabulary, value) {
  const key = `${vocabulary}:${value}`;
  return TEXTS.get(speech.language).words.get(key) || TEXTS.get('en').words.get(key) || value;
}

export const number = (value) => speech.numbers.format(value);
export const shortNumber = (value) => {
  if (value < 1000) return String(value);
  if (value < 999500) return `${(value / 1000).toFixed(value < 9950 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
};
export const dayText = (milliseconds) => speech.days.format(new Date(milliseconds));
export const isoDay = (milliseconds) => new Date(milliseconds).toISOString().slice(0, 10);
/** An ISO day as the reader writes days. */
export const writtenDay = (iso) => (iso ? dayText(Date.parse(`${iso}T00:00:00Z`)) : '');
/** Two days as one writes them together: 18–19 Mar 2025. */
export const rangeText = (first, last) => speech.days.formatRange(new Date(first), new Date(last))
  .replace(/[\u2009\u202f]/g, ' ').replace(/^(\d+\.?) – (?=\d)/, '$1–');
export const kilometres = (tenths) => t('km', { value: number(Math.round(tenths / 10)) });

export function countryName(code) {
  if (!code) return t('unknown country');
  return COUNTRY_CODES.has(code) ? speech.countries.of(COUNTRY_CODES.get(code)) : code;
}
/** Whether a direction of fire has an end that is known. */
export const isKnown = ({ attacker, struck_country: struck }) => Boolean(attacker || struck);
/** Attacker and struck country as words: "Ukraine → Russia"; "→ Russia" where the attacker is not known. */
export const directionText = ({ attacker, struck_country: struck }) => (
  `${attacker && countryName(attacker)} → ${countryName(struck)}`.trim());

/** The border in words: its two countries where they are told, its own name otherwise. */
export function borderName(border) {
  return border.pair ? t('border between', { countries: border.pair.map(countryName).join(' – ') }) : border.name;
}
