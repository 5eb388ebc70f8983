// The map drawn anew, when groups open or a search narrows it: what layout.py and svg.py
// do, number for number. A test holds the two equal.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const data = JSON.parse(document.getElementById("data").textContent);
const { sizes, boxes, rows, ways, lefts, widths } = data;
const byId = (id) => document.getElementById(id);
const svg = byId("map");
const [edgeLayer, boxLayer] = svg.children;
const state = {
  open: new Set(), // numbers of groups
  kept: null, // numbers of ways that are shown; null for all
  present: null, // boxes they lead through; null for all
  shown: [], // for each box the one that stands for it
  pinned: null, // the box whose ways stay lit
  current: null, // the box the keyboard is at
  elements: new Map(), // of boxes
  edges: [], // { left, right, element }
  lit: [],
};

const heightOf = (index) => (boxes[index].second ? sizes.tall : sizes.height);
const isPresent = (index) => state.present === null || state.present.has(index);
const groupOf = (row) => {
  const cell = row.cells.find((index) => index !== null);
  return cell === undefined ? 0 : boxes[cell].group;
};

// ---- where everything stands

// The parts of a row that are stacked, each a list of boxes by column.
function partsOf(row) {
  const clusters = row.clusters
    .map((columns) => columns.map((part) => part.filter(isPresent)))
    .filter((columns) => columns.some((part) => part.length));
  if (!row.cells.length || !clusters.length) return clusters;
  if (state.open.has(groupOf(row))) {
    const head = row.cells[1] ?? row.cells.find((cell) => cell !== null);
    const column = boxes[head].column;
    return [row.cells.map((_cell, i) => (i === column ? [head] : [])), ...clusters];
  }
  const has = (i) => clusters.some((columns) => columns[i].length);
  return [row.cells.map((cell, i) => (cell === null || !has(i) ? [] : [cell]))];
}

function standIns() {
  const shown = boxes.map((_box, index) => index);
  for (const row of rows) {
    if (!row.cells.length || state.open.has(groupOf(row))) continue;
    for (const columns of row.clusters)
      columns.forEach((part, i) => {
        for (const index of part) shown[index] = row.cells[i] ?? index;
      });
  }
  return shown;
}

const keptWays = () =>
  state.kept === null ? ways : [...state.kept].map((number) => ways[number]);

// Tops of boxes as near as they can be to where they are wanted.
function spread(wanted) {
  const runs = [];
  const place = (run) => {
    run.top = Math.max(sizes.top, run.sum / run.count);
  };
  for (const { centre, height } of wanted) {
    runs.push({ sum: centre - height / 2, count: 1, height: height + sizes.gap });
    place(runs[runs.length - 1]);
    while (runs.length > 1) {
      const before = runs[runs.length - 2];
      const last = runs[runs.length - 1];
      if (!(before.top + before.height > last.top)) break;
      runs.pop();
      before.sum += last.sum - last.count * before.height;
      before.count += last.count;
      before.height += last.height;
      place(before);
    }
  }
  const tops = [];
  for (const run of runs) {
    let { top } = run;
    for (let i = 0; i < run.count; i += 1) {
      const { height } = wanted[tops.length];
      tops.push(Math.floor(top + 0.5));
      top += height + sizes.gap;
    }
  }
  return tops;
}

function stackRow(row, places) {
  for (const columns of partsOf(row)) {
    const heights = columns.map(
      (part) => part.reduce((sum, i) => sum + heightOf(i) + sizes.gap, 0) - sizes.gap,
    );
    const most = Math.max(...heights);
    const middle = places.bottom + most / 2;
    let top = Math.floor(middle - heights[1] / 2 + 0.5);
    for (const index of columns[1]) {
      places.tops.set(index, top);
      top += heightOf(index) + sizes.gap;
    }
    for (const column of [0, 2, 3])
      for (const index of columns[column]) places.wanted.set(index, middle);
    places.bottom += most + sizes.gap + sizes.blockGap;
  }
}

function addShared(places) {
  const sums = new Map();
  for (const way of keptWays()) {
    const host = state.shown[way[1]];
    const centre = places.tops.get(host) + heightOf(host) / 2;
    for (const number of [way[0], way[2], way[3]]) {
      if (number < 0) continue;
      const index = state.shown[number];
      const found = sums.get(index) ?? [0, 0];
      found[0] += centre;
      found[1] += 1;
      sums.set(index, found);
    }
  }
  for (const [index, [sum, count]] of sums) places.wanted.set(index, sum / count);
}

function settle(column, places) {
  const indices = [...places.wanted.keys()]
    .filter((index) => boxes[index].column === column)
    .sort((a, b) => places.wanted.get(a) - places.wanted.get(b) || a - b);
  const wanted = indices.map((index) => ({
    centre: places.wanted.get(index),
    height: heightOf(index),
  }));
  spread(wanted).forEach((top, i) => places.tops.set(indices[i], top));
}

function findEdges() {
  const found = new Map();
  for (const way of keptWays()) {
    const steps = way
      .slice(0, 4)
      .filter((index) => index >= 0)
      .map((index) => state.shown[index]);
    for (let i = 1; i < steps.length; i += 1) {
      const key = steps[i - 1] * boxes.length + steps[i];
      const edge = found.get(key) ?? {
        left: steps[i - 1],
        right: steps[i],
        bindings: 0,
        level: 0,
      };
      edge.bindings += 1;
      edge.level = Math.max(edge.level, way[4]);
      found.set(key, edge);
    }
  }
  return [...found.values()].sort((a, b) => a.level - b.level);
}

function arrange() {
  state.shown = standIns();
  const places = { tops: new Map(), wanted: new Map(), bottom: sizes.top };
  for (const row of rows) stackRow(row, places);
  addShared(places);
  for (const column of [0, 2, 3]) settle(column, places);
  let bottom = 0;
  for (const [index, top] of places.tops)
    bottom = Math.max(bottom, top + heightOf(index));
  return { tops: places.tops, edges: findEdges(), height: bottom + sizes.top };
}

// ---- drawing

function make(name, attributes, parent, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  if (text) element.textContent = text;
  parent.append(element);
  return element;
}

function drawBox(index, top, layer) {
  const box = boxes[index];
  const left = lefts[box.column];
  const width = widths[box.column];
  const words = ["box", sizes.columns[box.column], box.status];
  if (box.group) words.push("group");
  if (box.dead) words.push("dead");
  const group = make("g", { class: words.join(" "), "data-box": index }, layer);
  make("title", {}, group, box.tip);
  for (const shift of box.group ? [2 * sizes.stack, sizes.stack, 0] : [0]) {
    const rx = sizes.roundings[box.column];
    const at = { x: left + shift, y: top + shift, width, height: heightOf(index), rx };
    make("rect", at, group);
  }
  const y = top + sizes.firstLine;
  make("text", { class: "label", x: left + sizes.padding, y }, group, box.label);
  if (box.note) {
    const x = left + width - sizes.padding;
    make("text", { class: "note", x, y }, group, box.note);
  }
  if (box.second) drawSecond(box, left + sizes.padding, top + sizes.secondLine, group);
  return group;
}

function drawSecond(box, x, y, group) {
  const sign = sizes.signs[box.status];
  if (sign) make("text", { class: "sign", x, y }, group, sign);
  const shift = sign ? sizes.mark : 0;
  make("text", { class: "second", x: x + shift, y }, group, box.second);
}

function drawEdge(edge, tops, layer) {
  const [left, right] = [boxes[edge.left], boxes[edge.right]];
  const x1 = lefts[left.column] + widths[left.column];
  const x2 = lefts[right.column];
  const y1 = tops.get(edge.left) + heightOf(edge.left) / 2;
  const y2 = tops.get(edge.right) + heightOf(edge.right) / 2;
  const middle = Math.floor((x1 + x2) / 2);
  const words = ["edge", sizes.levels[edge.level]];
  if (left.dead || right.dead) words.push("dead");
  const bits = 32 - Math.clz32(edge.bindings);
  const attributes = {
    class: words.join(" "),
    "data-left": edge.left,
    "data-right": edge.right,
    d: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`,
    "stroke-width": (1 + bits) / 2,
  };
  return make("path", attributes, layer);
}

function draw() {
  const { tops, edges, height } = arrange();
  const [newEdges, newBoxes] = [new DocumentFragment(), new DocumentFragment()];
  for (const edge of edges) drawEdge(edge, tops, newEdges);
  for (const index of [...tops.keys()].sort((a, b) => a - b))
    drawBox(index, tops.get(index), newBoxes);
  edgeLayer.replaceChildren(newEdges);
  boxLayer.replaceChildren(newBoxes);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${height}`);
  adopt();
}
