"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const DASHES = ["", "6 3", "8 3 2 3", "2 3"];
  const INFINITE = { inf: Infinity, "-inf": -Infinity };  // runs that diverged; null is what is not there
  const state = { at: data.names.map(() => 0), seed: -1, shared: true };

  const number = (x) => (x in INFINITE ? INFINITE[x] : x);
  const finite = (x) => x !== null && Number.isFinite(x);
  for (const { curves, measures, weights } of Object.values(data.points)) {
    for (const one of [...Object.values(curves), ...Object.values(measures), weights].filter(Boolean)) {
      for (const part of ["mid", "low", "high"]) one[part] = one[part].map(number);
      if (one.runs) one.runs = one.runs.map((row) => row && row.map(number));
    }
  }

  // Elements

  function put(parent, tag, attributes = {}, text = null) {
    const svg = parent.namespaceURI === SVG || tag === "svg";
    const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== null) element.textContent = text;
    parent.append(element);
    return element;
  }

  function shown(x) {
    if (x === null || x === undefined) return "";
    if (!Number.isFinite(x)) return "diverged";
    const size = Math.abs(x);
    if (x !== 0 && (size < 1e-3 || size >= 1e5)) return Number(x.toPrecision(3)).toExponential();
    return String(Number(x.toPrecision(4)));
  }

  // What the state stands for

  const values = (at) => data.names.map((name, n) => name.values[at[n]]);
  const point = (at) => data.points[JSON.stringify(values(at))];
  const rest = () => JSON.stringify(values(state.at).slice(1));
  const along = () => data.names[0].values.map((_, v) => point([v, ...state.at.slice(1)]));
  const colour = (name) => data.measures.indexOf(name) % 6;
  const dash = (name) => DASHES[data.measures.indexOf(name) % DASHES.length];

  // Scales

  function scale(numbers, low, high, logarithmic) {
    const known = numbers.filter(finite);
    const log = logarithmic && known.length > 0 && known.every((x) => x > 0);
    const f = log ? Math.log10 : (x) => x;
    let from = Math.min(...known.map(f)), to = Math.max(...known.map(f));
    if (!known.length) [from, to] = [0, 1];
    if (to - from < 1e-9) [from, to] = [from - 0.5, to + 0.5];
    const margin = 0.05 * (to - from);
    [from, to] = [from - margin, to + margin];
    const inside = (x) => low + (f(x) - from) / (to - from) * (high - low);
    const place = (x) => (x === Infinity ? high : x === -Infinity ? low : inside(x));  // at the edge
    return { place, ticks: log ? decades(from, to) : steps(from, to), log };
  }

  function decades(from, to) {
    const every = Math.max(1, Math.ceil((to - from) / 6));
    const found = [];
    for (let n = Math.ceil(from); n <= to; n += every) found.push(10 ** n);
    return found.length > 1 ? found : steps(10 ** from, 10 ** to).filter((x) => x > 0);
  }

  function steps(from, to) {
    const rough = (to - from) / 5, size = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * size).find((s) => s >= rough);
    const found = [];
    for (let n = Math.ceil(from / step); n * step <= to; n += 1) found.push(n * step);
    return found;
  }

  // Drawing

  function canvas(figure, height, label) {
    figure.replaceChildren();
    const width = Math.max(280, Math.floor(figure.clientWidth || 800));
    const svg = put(figure, "svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": label });
    return { svg, left: 62, right: width - 14, top: 12, bottom: height - 34 };
  }

  function sides(box, y, label) {
    for (const tick of y.ticks) {
      const at = y.place(tick);
      put(box.svg, "line", { class: "grid", x1: box.left, x2: box.right, y1: at, y2: at });
      put(box.svg, "text", { x: box.left - 7, y: at + 4, "text-anchor": "end" }, shown(tick));
    }
    put(box.svg, "line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom });
    put(box.svg, "line", { class: "axis", x1: box.left, x2: box.left, y1: box.top, y2: box.bottom });
    const middle = (box.left + box.right) / 2;
    put(box.svg, "text", { class: "title", x: middle, y: box.bottom + 31, "text-anchor": "middle" }, label);
  }

  function path(xs, ys) {
    let text = "", pen = "M";
    xs.forEach((x, n) => {
      if (ys[n] === null || !Number.isFinite(ys[n])) { pen = "M"; return; }
      text += `${pen}${x.toFixed(1)} ${ys[n].toFixed(1)}`;
      pen = "L";
    });
    return text;
  }

  function band(box, y, xs, one, kind) {
    const [low, high] = [one.low, one.high].map((numbers) => numbers.map((x) => (x === null ? null : y.place(x))));
    const known = xs.map((_, n) => low[n] !== null && high[n] !== null && (finite(one.low[n]) || one.low[n] !== one.high[n]));
    let part = [];
    for (let n = 0; n <= xs.length; n += 1) {
      if (known[n]) { part.push(n); continue; }
      if (part.length > 1) {
        const there = part.map((n) => `${xs[n].toFixed(1)} ${high[n].toFixed(1)}`);
        const back = part.reverse().map((n) => `${xs[n].toFixed(1)} ${low[n].toFixed(1)}`);
        put(box.svg, "path", { class: `band f${kind}`, d: `M${[...there, ...back].join("L")}Z` });
      }
      part = [];
    }
  }

  function arrow(box, x, at, kind, words) {
    const up = at === Infinity, edge = up ? box.top : box.bottom, size = up ? 8 : -8;
    const mark = put(box.svg, "path", { class: `diverged f${kind}`, d: `M${x} ${edge - size / 2}l5 ${size}h-10Z` });
    put(mark, "title", {}, words);
  }

  const all = (one) => [one.mid, one.low, one.high, ...(one.runs || []).filter(Boolean)].flat();
  const placed = (y, numbers) => numbers.map((x) => (finite(x) ? y.place(x) : null));
  const chosen = (one) => (state.seed >= 0 && one.runs ? one.runs[state.seed] || [] : one.mid);

  function legend(figure, names) {
    if (names.length < 2) return;
    const list = document.createElement("ul");
    list.className = "legend";
    for (const name of names) {
      const item = put(list, "li");
      const mark = put(item, "svg", { viewBox: "0 0 28 10", "aria-hidden": "true" });
      put(mark, "path", { class: `line s${colour(name)}`, d: "M0 5L28 5", "stroke-dasharray": dash(name) });
      item.append(name);
    }
    figure.prepend(list);
  }

  function drawCurves() {
    const figure = document.getElementById("curves"), here = point(state.at);
    const seen = state.shared ? Object.values(data.points) : [here];
    const numbers = seen.flatMap((p) => data.curves.flatMap((name) => {
      const one = p.curves[name];
      return state.seed >= 0 ? all(one) : [one.mid, one.low, one.high].flat();
    }));
    const box = canvas(figure, 300, `Curves for ${words()}`);
    const y = scale(numbers, box.bottom, box.top, true);
    const length = Math.max(2, ...Object.values(data.points).flatMap((p) => data.curves.map((c) => p.curves[c].mid.length)));
    const x = (n) => box.left + 8 + n / (length - 1) * (box.right - box.left - 16);
    sides(box, y, "epoch");
    const every = Math.ceil(length / 10);
    for (let n = 0; n < length; n += every) {
      put(box.svg, "text", { x: x(n), y: box.bottom + 16, "text-anchor": "middle" }, n + 1);
    }
    for (const name of data.curves) {
      const one = here.curves[name], xs = one.mid.map((_, n) => x(n)), kind = colour(name);
      band(box, y, xs, one, kind);
      const line = chosen(one);
      put(box.svg, "path", { class: `line s${kind}`, "data-curve": name, "stroke-dasharray": dash(name),
        d: path(line.map((_, n) => x(n)), placed(y, line)) });
    }
    if (!here.runs) put(box.svg, "text", { x: box.left + 12, y: box.top + 16 }, "no finished run");
    legend(figure, data.curves);
  }

  function drawFinal() {
    const figure = document.getElementById("final");
    figure.replaceChildren();
    const grouped = data.curves.includes(data.objective) ? data.curves : [data.objective];
    const groups = [grouped, ...data.measures.filter((m) => !grouped.includes(m)).map((m) => [m])];
    groups.forEach((names) => drawGroup(put(figure, "div"), names));
  }

  function drawGroup(part, names) {
    const axis = data.names[0], places = along(), best = data.best[rest()];
    const title = names.length > 1 ? "losses" : names[0];
    const box = canvas(part, names.includes(data.objective) ? 260 : 190, `${names.join(", ")} against ${axis.name}`);
    const y = scale(places.flatMap((p) => names.flatMap((m) => all(p.measures[m]))), box.bottom, box.top, true);
    const from = Math.min(...axis.places), to = Math.max(...axis.places);
    const x = (place) => box.left + 24 + (place - from) / (to - from || 1) * (box.right - box.left - 48);
    if (best) {
      if (best.low !== null) {
        const edges = [x(axis.places[best.low]) - 8, x(axis.places[best.high]) + 8];
        put(box.svg, "rect", { class: "interval", x: edges[0], y: box.top, width: edges[1] - edges[0], height: box.bottom - box.top });
      }
      const at = x(axis.places[best.at]);
      put(box.svg, "line", { class: "best", x1: at, x2: at, y1: box.top, y2: box.bottom });
    }
    sides(box, y, axis.name);
    let taken = -1e9;
    for (const n of axis.order) {
      const at = x(axis.places[n]), text = axis.values[n];
      if (at - taken < 8 * (text.length + 1)) continue;
      taken = at;
      put(box.svg, "text", { x: at, y: box.bottom + 16, "text-anchor": "middle" }, text);
    }
    if (axis.gap !== null) put(box.svg, "text", { class: "title", x: x(axis.gap), y: box.bottom + 4, "text-anchor": "middle" }, "//");
    const here = x(axis.places[state.at[0]]);
    put(box.svg, "line", { class: "here", x1: here, x2: here, y1: box.top, y2: box.bottom });
    for (const name of names) {
      const ones = axis.order.map((n) => places[n].measures[name]), xs = axis.order.map((n) => x(axis.places[n]));
      const first = (row) => (row.length ? row[0] : null), part = (of) => ones.map((one) => first(one[of]));
      const numbers = ones.map((one) => first(chosen(one))), line = placed(y, numbers);
      band(box, y, xs, { low: part("low"), high: part("high") }, colour(name));
      put(box.svg, "path", { class: `line s${colour(name)}`, d: path(xs, line), "stroke-dasharray": dash(name) });
      xs.forEach((at, n) => {
        if (numbers[n] === null) return;
        const words = `${axis.name} = ${axis.values[axis.order[n]]}: ${name} ${shown(numbers[n])}`;
        if (line[n] === null) { arrow(box, at, numbers[n], colour(name), words); return; }
        const dot = put(box.svg, "circle", { class: `f${colour(name)}`, cx: at, cy: line[n], r: 4 });
        put(dot, "title", {}, words);
      });
    }
    if (names.length > 1) legend(part, names);
    else part.prepend(Object.assign(document.createElement("div"), { className: "legend", textContent: title }));
  }

  function drawWeights() {
    const section = document.getElementById("weights-section"), here = point(state.at).weights;
    section.hidden = !data.measures.includes(data.norm);
    if (section.hidden) return;
    const figure = document.getElementById("weights");
    const box = canvas(figure, 220, `Weights for ${words()}`);
    const seed = Math.max(0, state.seed);  // medians over seeds would be of different nets
    const one = (w) => (w ? (w.runs ? w.runs[seed] || [] : w.mid) : []);
    const bars = one(here), seen = state.shared ? Object.values(data.points).flatMap((p) => one(p.weights)) : bars;
    const y = scale([0, ...seen], box.bottom, box.top, false);
    const of = here && here.runs ? ` of seed ${data.seeds[seed]}` : ", medians over the seeds";
    const count = bars.length, total = here ? here.total : 0;
    sides(box, y, (count < total ? `the first ${count} of ${total} weights` : `${count} weights`) + of);
    const step = (box.right - box.left) / Math.max(1, bars.length), zero = y.place(0);
    const nothing = !bars.length ? "no finished run" : bars.some(finite) ? "" : "diverged";
    if (nothing) put(box.svg, "text", { x: box.left + 12, y: box.top + 16 }, nothing);
    bars.forEach((w, n) => {
      if (!finite(w)) return;
      const at = box.left + n * step, end = y.place(w);
      const bar = put(box.svg, "rect", { class: "f0", "data-weight": n, x: (at + 0.1 * step).toFixed(2),
        width: Math.max(0.4, 0.8 * step).toFixed(2), y: Math.min(end, zero).toFixed(2), height: Math.abs(end - zero).toFixed(2) });
      put(bar, "title", {}, `weight ${n}: ${shown(w)}`);
    });
    put(box.svg, "line", { class: "axis", x1: box.left, x2: box.right, y1: zero, y2: zero });
  }

  function drawTable() {
    const table = document.getElementById("table"), axis = data.names[0];
    table.replaceChildren();
    const head = put(put(table, "thead"), "tr");
    for (const name of [axis.name, "runs", ...data.measures]) put(head, "th", { scope: "col" }, name);
    const body = put(table, "tbody");
    for (const n of axis.order) {
      const one = along()[n], row = put(body, "tr", n === state.at[0] ? { "aria-current": "true" } : {});
      put(row, "td", {}, axis.values[n]);
      put(row, "td", {}, one.runs);
      for (const name of data.measures) {
        const c = chosen(one.measures[name]);
        put(row, "td", {}, c.length ? shown(c[0]) : "");
      }
    }
  }

  function drawBest() {
    const place = document.getElementById("best"), best = data.best[rest()], axis = data.names[0];
    place.replaceChildren();
    if (!best) { place.textContent = `${data.seeds.length} seeds`; return; }
    put(place, "b", {}, `Best ${axis.name} = ${axis.values[best.at]}`);
    const loss = `median ${data.objective} ${shown(number(best.loss))}`;
    const edges = best.low === best.high ? [best.low] : [best.low, best.high];
    const interval = best.low === null ? "one seed: no interval"
      : `95 % of resampled seeds: ${edges.map((n) => axis.values[n]).join(" to ")}`;
    place.append(` · ${loss} · ${interval} · ${data.seeds.length} seeds`);
    const side = axis.order.indexOf(best.at);
    const least = side === 0 && Number(axis.values[best.at]) === 0;  // what is below zero is seldom meant
    if (!least && (side === 0 || side === axis.order.length - 1)) {
      place.append(` · the ${side ? "largest" : "smallest"} value there is: try ${side ? "larger" : "smaller"} ones`);
    }
  }

  // Controls, and the address, which keeps what is shown

  const words = () => data.names.map((name, n) => `${name.name} = ${name.values[state.at[n]]}`).join(", ");
  const updates = [];

  function slider(form, name, n) {
    if (name.values.length < 2) return;
    const row = put(form, "div", { class: "row" });
    const label = put(row, "label", { for: `value-${n}` }, `${name.name} = `);
    const output = put(label, "output", { for: `value-${n}`, id: `shown-${n}` });
    const input = put(row, "input", { type: "range", id: `value-${n}`, min: 0, max: name.values.length - 1, step: 1 });
    input.addEventListener("input", () => { state.at[n] = name.order[Number(input.value)]; draw(); });
    updates.push(() => {
      input.value = name.order.indexOf(state.at[n]);
      output.value = name.values[state.at[n]];
      input.setAttribute("aria-valuetext", `${name.name} = ${name.values[state.at[n]]}`);
    });
  }

  function options(form) {
    const row = put(form, "div", { class: "options" });
    if (data.seeds.length > 1) {
      const label = put(row, "label", {}, "Seeds ");
      const select = put(label, "select", { id: "seed" });
      put(select, "option", { value: -1 }, "all");
      data.seeds.forEach((seed, n) => put(select, "option", { value: n }, seed));
      select.addEventListener("change", () => { state.seed = Number(select.value); draw(); });
      updates.push(() => { select.value = state.seed; });
    }
    const label = put(row, "label");
    const box = put(label, "input", { type: "checkbox", id: "shared" });
    label.append(" one scale for all values");
    box.addEventListener("change", () => { state.shared = box.checked; draw(); });
    updates.push(() => { box.checked = state.shared; });
  }

  function read() {
    const given = new URLSearchParams(location.hash.slice(1));
    data.names.forEach((name, n) => {
      const at = name.values.indexOf(given.get(name.name));
      if (at >= 0) state.at[n] = at;
    });
    state.seed = data.seeds.findIndex((seed) => String(seed) === given.get("seed"));
  }

  function write() {
    const given = new URLSearchParams();
    data.names.forEach((name, n) => given.set(name.name, name.values[state.at[n]]));
    if (state.seed >= 0) given.set("seed", data.seeds[state.seed]);
    history.replaceState(null, "", `#${given}`);
  }

  function render() {
    updates.forEach((update) => update());
    drawBest();
    drawCurves();
    drawFinal();
    drawWeights();
    drawTable();
  }

  function draw() { write(); render(); }

  const form = document.getElementById("controls");
  form.addEventListener("submit", (event) => event.preventDefault());
  data.names.forEach((name, n) => slider(form, name, n));
  options(form);
  const start = data.best[rest()];
  if (start) state.at[0] = start.at;
  read();
  document.getElementById("curves").parentElement.hidden = !data.curves.length;
  render();
  addEventListener("hashchange", () => { read(); render(); });
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; render(); } });
})();
