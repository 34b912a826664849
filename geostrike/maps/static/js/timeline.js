/* The time controls: play, window or cumulative, histogram and slider. */

import { binsOf, ticksOf } from './calendar.js';
import { el, icon, iconButton, pixelRatio, switchGroup, UI_FONT } from './dom.js';
import { depthSummary } from './statistics.js';
import { palette } from './symbols.js';
import { dayText, number, rangeText, t } from './texts.js';

const BAR_WIDTH = 4;
const WINDOW_LENGTHS = [1, 7, 30, 91, 365];

export class Timeline {
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.mode = 'window';
    this.speed = 1;
    this.playing = false;
    this.build();
    new ResizeObserver(() => this.resize()).observe(this.track);
  }

  get strikes() {
    return this.page.layer.strikes;
  }

  get last() {
    return Math.max(0, this.strikes.days - 1);
  }

  // --- building ---

  build() {
    const { strikes } = this;
    this.playButton = iconButton('play', t('play'), () => this.toggle(), { class: 'gs-icon gs-play' });
    this.buttons = el('div', { class: 'gs-buttons' },
      iconButton('back', t('one step back'), () => this.step(-1)), this.playButton,
      iconButton('forward', t('one step forward'), () => this.step(1)));
    this.when = el('b');
    this.counts = el('span', { class: 'gs-counts' });
    this.live = el('div', { class: 'gs-hidden', role: 'status', 'aria-live': 'polite' });
    this.undated = el('button', { type: 'button', class: 'gs-chip', onclick: () => this.page.toggleUndated() });
    const lengths = WINDOW_LENGTHS.filter((days) => days < strikes.days).map((days) => [days, t(`window ${days}`)]);
    this.lengths = this._select(t('window length'), [...lengths, [strikes.days, t('whole time')], [0, t('own choice')]],
      (days) => days && this.setLength(days));
    this.speeds = this._select(t('speed'), [[0.5, '½×'], [1, '1×'], [2, '2×'], [5, '5×']], (speed) => {
      this.speed = speed;
    });
    this.speeds.value = String(this.speed);
    this.modes = switchGroup('gs-mode', t('time mode'), [['window', t('window')], ['cumulative', t('cumulative')]],
      this.mode, (mode) => this.setMode(mode));
    this.canvas = el('canvas', { class: 'gs-histogram', 'aria-hidden': 'true' });
    this.tip = el('div', { class: 'gs-histogram-tip', hidden: true });
    this.slider = el('div', { class: 'gs-slider' });
    this.track = el('div', { class: 'gs-track' }, this.canvas, this.tip, this.slider);
    const row = el('div', { class: 'gs-time-row' }, this.buttons,
      el('output', { class: 'gs-now', 'aria-live': 'off' }, this.when, this.counts), this.undated,
      el('div', { class: 'gs-options' }, this.modes, this.lengths, this.speeds));
    this.root.replaceChildren(row, this.track, this.live);
    this.root.setAttribute('role', 'region');
    this.root.setAttribute('aria-label', t('time controls'));
    this.root.classList.toggle('gs-no-time', strikes.days < 1);
    this._listenToHistogram();
    this._buildSlider();
  }

  _select(label, choices, onchange) {
    return el('select', { class: 'gs-select', 'aria-label': label, onchange: (event) => onchange(+event.target.value) },
      choices.map(([value, text]) => el('option', { value }, text)));
  }

  _buildSlider() {
    const format = { to: (value) => dayText(this.strikes.day(Math.round(value))), from: Number };
    this.bar = noUiSlider.create(this.slider, {
      start: this.page.window, connect: [false, true, false], behaviour: 'drag-tap', step: 1,
      range: { min: 0, max: Math.max(1, this.last) }, keyboardDefaultStep: Math.max(1, this.last),
      keyboardPageMultiplier: 30, ariaFormat: format, format: { to: Math.round, from: Number },
      handleAttributes: [{ 'aria-label': t('from') }, { 'aria-label': t('to') }],
    });
    this.bar.on('slide', (values) => {
      this.pause();
      this.page.setWindow(this.mode === 'cumulative' ? 0 : values[0], values[1], { keepSlider: true });
    });
    if (this.mode === 'cumulative') this.bar.disable(0);
  }

  // --- moving ---

  setLength(days) {
    this.pause();
    const last = Math.min(this.last, Math.max(this.page.window[1], days - 1));
    this.page.setWindow(Math.max(0, last - days + 1), last);
  }

  setMode(mode) {
    this.pause();
    const [first, last] = this.page.window;
    if (mode === 'cumulative' && this.mode !== mode) this._length = last - first + 1;
    this.mode = mode;
    for (const input of this.modes.querySelectorAll('input')) input.checked = input.value === mode;
    if (mode === 'cumulative') this.bar.disable(0);
    else this.bar.enable(0);
    this.page.setWindow(mode === 'cumulative' ? 0 : Math.max(0, last - (this._length || this.strikes.days) + 1), last);
  }

  _shift(days) {
    const [first, last] = this.page.window;
    if (this.mode === 'cumulative') return [0, Math.max(0, Math.min(this.last, last + days))];
    const length = last - first;
    const end = Math.max(length, Math.min(this.last, last + days));
    return [end - length, end];
  }

  step(sign) {
    this.pause();
    const [first, last] = this.page.window;
    const days = this.mode === 'cumulative' ? 7 : Math.max(1, Math.min(30, last - first + 1));
    this.page.setWindow(...this._shift(sign * days));
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    const [first, last] = this.page.window;
    if (last >= this.last) {
      const whole = last - first >= this.last;
      // A twelfth or a month, but long enough that no day is skipped between two frames.
      const { days } = this.strikes;
      const length = whole ? Math.max(1, Math.ceil(days / 60), Math.min(30, Math.ceil(days / 12))) : last - first + 1;
      this.page.setWindow(0, this.mode === 'cumulative' ? 0 : length - 1);
    }
    this.playing = true;
    this._updatePlayButton();
    const slow = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0.25 : 1;
    const daysASecond = Math.max(3, this.strikes.days / 45) * slow;
    let before = performance.now();
    let due = 0;
    const frame = (now) => {
      if (!this.playing) return;
      due += ((now - before) / 1000) * daysASecond * this.speed;
      before = now;
      const days = Math.floor(due);
      if (days) {
        due -= days;
        this.page.setWindow(...this._shift(days));
        if (this.page.window[1] >= this.last) {
          this.pause();
          return;
        }
      }
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this._updatePlayButton();
    this.page.settle();
  }

  _updatePlayButton() {
    const label = this.playing ? t('pause') : t('play');
    this.playButton.setAttribute('aria-label', label);
    this.playButton.title = label;
    this.playButton.replaceChildren(icon(this.playing ? 'pause' : 'play'));
  }

  // --- drawing ---

  /** Update the controls after a change of the window or the filter. */
  update(keepSlider) {
    const { filter } = this.page.layer;
    const [first, last] = this.page.window;
    const { strikes } = this;
    if (!keepSlider) this.bar.set([first, last], false);
    this.when.textContent = strikes.days ? rangeText(strikes.day(first), strikes.day(last)) : t('no date');
    const all = filter.count(filter.total, first, last);
    const drawn = filter.count(filter.drawn, first, last);
    const parts = [t('strikes', { count: all, n: number(all) })];
    if (filter.undated && filter.total.undated) parts.push(t('of them undated', { n: number(filter.total.undated) }));
    if (all > drawn) parts.push(t('not on map', { n: number(all - drawn) }));
    this.counts.replaceChildren(parts.join(' · '));
    this.undated.hidden = strikes.dated === strikes.n;
    this.undated.textContent = t(filter.undated ? 'hide undated' : 'show undated', { n: number(filter.total.undated) });
    const length = last - first + 1;
    const option = [...this.lengths.options].find((choice) => +choice.value === length);
    this.lengths.value = option ? option.value : '0';
    this.lengths.disabled = this.mode === 'cumulative';
    this.paint();
  }

  /** Show the statistics of the window after its last move. */
  settle() {
    const text = depthSummary(this.page.layer, this.page.window);
    if (text) this.counts.append(` · ${text}`);
    this.live.textContent = `${this.when.textContent}: ${this.counts.textContent}`;
  }

  _listenToHistogram() {
    const binAt = (event) => (this.bins || []).find((bin) => event.offsetX >= bin.left && event.offsetX < bin.right);
    this.canvas.addEventListener('click', (event) => {
      const bin = binAt(event);
      if (!bin) return;
      this.pause();
      this.page.setWindow(this.mode === 'cumulative' ? 0 : bin.first, bin.last);
    });
    this.canvas.addEventListener('mousemove', (event) => {
      const bin = binAt(event);
      this.tip.hidden = !bin;
      if (!bin) return;
      const days = rangeText(this.strikes.day(bin.first), this.strikes.day(bin.last));
      this.tip.textContent = `${days}: ${number(bin.n)}`;
      const width = this.canvas.clientWidth;
      this.tip.style.left = `${Math.max(90, Math.min(width - 90, (bin.left + bin.right) / 2))}px`;
    });
    this.canvas.addEventListener('mouseleave', () => {
      this.tip.hidden = true;
    });
  }

  resize() {
    const width = this.track.clientWidth;
    if (width < 20 || width === this.width) return;
    this.width = width;
    this.computeBins();
    this.paint();
  }

  /** Compute the bars: days, weeks, months or years, so that each is wide enough. */
  computeBins() {
    const { strikes, width } = this;
    if (!width || !strikes.days) return;
    const perDay = width / strikes.days;
    this.unit = ['day', 'week', 'month', 'year'].find((unit, k) => perDay * [1, 7, 30, 365][k] >= BAR_WIDTH) || 'year';
    const { filter } = this.page.layer;
    const sums = filter.facets.depth.sums;
    this.bins = binsOf(strikes, this.unit).map(([first, last]) => {
      const values = sums.map((sum, k) => (filter.facets.depth.on[k] ? filter.countDated(sum, first, last) : 0));
      return {
        first, last, values, n: values.reduce((a, b) => a + b, 0), left: first * perDay, right: (last + 1) * perDay,
      };
    });
    this.most = Math.max(1, ...this.bins.map((bin) => bin.n));
  }

  paint() {
    if (!this.bins || !this.width) return;
    if (!palette.fill) palette.read();
    const height = window.innerHeight < 520 ? 34 : 56;
    const ratio = pixelRatio();
    Object.assign(this.canvas, { width: this.width * ratio, height: (height + 16) * ratio });
    this.canvas.style.height = `${height + 16}px`;
    const context = this.canvas.getContext('2d');
    context.scale(ratio, ratio);
    const [first, last] = this.page.window;
    const { faint, coloured } = this._bars(height, ratio);
    context.drawImage(faint, 0, 0, faint.width / ratio, height);
    const inside = this.bins.filter((bin) => bin.last >= first && bin.first <= last);
    if (inside.length) {
      const [left, right] = [inside[0].left, inside[inside.length - 1].right].map((x) => Math.round(x * ratio) / ratio);
      const [wide, tall] = [right - left, height];
      context.clearRect(left, 0, wide, tall);
      context.drawImage(coloured, left * ratio, 0, wide * ratio, tall * ratio, left, 0, wide, tall);
    }
    this._paintAxis(context, height);
  }

  /** Cached images of all bars, faint for outside the window and coloured for inside. */
  _bars(height, ratio) {
    const key = [this.width, height, ratio, palette.faint, ...palette.fill].join();
    if (!this._painted || this._painted.key !== key || this._painted.bins !== this.bins) {
      const paint = (colourOf) => this._paintBars(height, ratio, colourOf);
      const [faint, coloured] = [paint(() => palette.faint), paint((k) => palette.fill[k])];
      this._painted = { key, bins: this.bins, faint, coloured };
    }
    return this._painted;
  }

  _paintBars(height, ratio, colourOf) {
    const canvas = el('canvas', { width: Math.ceil(this.width * ratio), height: height * ratio });
    const context = canvas.getContext('2d');
    context.scale(ratio, ratio);
    for (const bin of this.bins) {
      const gap = bin.right - bin.left > 5 ? 1 : 0.4;
      const wide = Math.min(bin.right - bin.left - gap, 26);
      let y = height;
      bin.values.forEach((value, k) => {
        const tall = (value / this.most) * (height - 13);
        context.fillStyle = colourOf(k);
        y -= tall;
        context.fillRect((bin.left + bin.right - wide) / 2, y, wide, Math.max(tall, value ? 0.6 : 0));
      });
    }
    return canvas;
  }

  _paintAxis(context, height) {
    const { strikes, width } = this;
    context.fillStyle = palette.line;
    context.fillRect(0, height, width, 1);
    context.fillStyle = palette.dim;
    context.textBaseline = 'top';
    context.font = `11px ${UI_FONT}`;
    context.fillText(t(`most a ${this.unit}`, { n: number(this.most) }), 0, 0);
    const taken = [];
    for (const { x, january, text } of ticksOf(strikes, width)) {
      context.fillRect(x, height, 1, january ? 6 : 3);
      context.font = `${january ? 600 : 400} 11px ${UI_FONT}`;
      const end = x + context.measureText(text).width + 12;
      if (end - 8 > width || taken.some(([from, to]) => x < to && end > from)) continue;
      taken.push([x, end]);
      context.fillText(text, x + 3, height + 3);
    }
  }
}
