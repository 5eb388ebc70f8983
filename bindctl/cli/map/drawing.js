// The map laid out and drawn. Rows are stacked from top to bottom by their hosts;
// endpoints, sites and certificates stand as near as they can to the hosts they belong to.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const COLUMNS = ["endpoint", "host", "site", "certificate"];
const HOSTS = 1; // number of their column
const OTHERS = [0, 2, 3];
// Least and most a column is wide; an address with its port is never cut: an IPv6 address
// has 47 characters then, and addresses differ anywhere.
const WIDTHS = [
  [112, 420],
  [150, 330],
  [130, 300],
  [150, 320],
];
const ROUNDINGS = [13, 3, 6, 3]; // roundest where a request comes in
const LEFT = 16;
const TOP = 8;
const BETWEEN = 110; // room for curves between columns
const GAP = 6; // between boxes
const BLOCK_GAP = 6; // more than that between rows
const HEIGHT = 26;
const TALL = 42; // with a second line
const PADDING = 12; // left of the label; as much at the right
const FIRST_LINE = 17; // from the top of a box to the foot of its label
const SECOND_LINE = 34;
const MARK = 15; // the sign before the second line
const STACK = 2; // how far the sheets below a group's box stand out
const HEAD_HEIGHT = 28;
const HEAD_LINE = 19;
const LEAST_SCALE = 0.85; // of a drawing on a narrow screen, which is then moved sideways

const byId = (id) => document.getElementById(id);
const svg = byId("map");
const [edgeLayer, boxLayer] = svg.children;
const { heads, signs, levels, rows, ways, ...data } = JSON.parse(
  byId("data").textContent,
);
const boxes = data.boxes.map(
  ([column, label, note, second, status, tip, group, isDead]) => ({
    ...{ column, label, note, second, status, tip, group, isDead },
    height: second ? TALL : HEIGHT,
  }),
);
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

const isPresent = (index) => state.present === null || state.present.has(index);
const stepsOf = (way) => way.slice(0, 4).filter((index) => index >= 0);
const keptWays = () =>
  state.kept === null ? ways : [...state.kept].map((number) => ways[number]);
const groupOf = (row) => {
  const cell = row[0].find((index) => index !== null);
  return cell === undefined ? 0 : boxes[cell].group;
};

// ---- how wide words are, and words cut to a width

// Measures texts of a class in the font that its style gives them here.
function penOf(kind) {
  const sample = make("text", { class: kind }, boxLayer);
  const { fontSize, fontFamily } = getComputedStyle(sample);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${fontSize} ${fontFamily}`;
  sample.remove();
  return (text) => (text ? pen.measureText(text).width : 0);
}

const widthOf = Object.fromEntries(
  ["label", "note", "second"].map((kind) => [kind, penOf(kind)]),
);
const noteRoom = (box) => (box.note ? widthOf.note(box.note) + PADDING : 0);

function columnWidths() {
  const widths = WIDTHS.map(([least]) => least);
  for (const box of boxes) {
    const first = widthOf.label(box.label) + noteRoom(box);
    const second = box.second && !box.group ? MARK + widthOf.second(box.second) : 0;
    const wanted = Math.ceil(Math.max(first, second) + 2 * PADDING);
    if (wanted > widths[box.column]) widths[box.column] = wanted;
  }
  return widths.map((width, column) => Math.min(width, WIDTHS[column][1]));
}

// The text with as few characters left out as will do: `after` is how many of those that
// stay stand behind the gap, for a number of them.
function cut(text, room, width, after) {
  if (width(text) <= room) return text;
  const chars = [...text];
  const keep = (number) => {
    const tail = after(number);
    const head = chars.slice(0, number - tail).join("");
    return `${head}…${chars.slice(chars.length - tail).join("")}`;
  };
  let [least, most] = [0, chars.length - 1];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (width(keep(middle)) <= room) least = middle;
    else most = middle - 1;
  }
  return keep(least);
}

// In its middle: both ends of a host's name tell it from others.
const fitLabel = (box, room) =>
  cut(box.label, room - noteRoom(box), widthOf.label, (number) => number >> 1);
// At its end: the worst is said first.
const fitSecond = (box, room) => cut(box.second, room - MARK, widthOf.second, () => 0);

const widths = columnWidths();
const lefts = [LEFT];
for (const width of widths) lefts.push(lefts[lefts.length - 1] + width + BETWEEN);
const wholeWidth = lefts.pop() - BETWEEN + LEFT;

// ---- where everything stands

// The parts of a row that are stacked, each a list of boxes by column.
function partsOf(row) {
  const [cells, allClusters] = row;
  const clusters = allClusters
    .map((columns) => columns.map((part) => part.filter(isPresent)))
    .filter((columns) => columns.some((part) => part.length));
  if (!cells.length || !clusters.length) return clusters;
  if (state.open.has(groupOf(row))) {
    const head = cells[HOSTS] ?? cells.find((cell) => cell !== null);
    const { column } = boxes[head];
    return [cells.map((_cell, i) => (i === column ? [head] : [])), ...clusters];
  }
  const has = (i) => clusters.some((columns) => columns[i].length);
  return [cells.map((cell, i) => (cell === null || !has(i) ? [] : [cell]))];
}

function standIns() {
  const shown = boxes.map((_box, index) => index);
  for (const row of rows) {
    const [cells, clusters] = row;
    if (!cells.length || state.open.has(groupOf(row))) continue;
    for (const columns of clusters)
      columns.forEach((part, i) => {
        for (const index of part) shown[index] = cells[i] ?? index;
      });
  }
  return shown;
}

// Tops of boxes that stand as near as they can to where they are wanted. Boxes that would
// overlap stand together, around the mean of what they want: the least sum of squares
// (pool adjacent violators). They come by the centre that is wanted.
function spread(wanted) {
  const runs = [];
  const place = (run) => {
    run.top = Math.max(TOP, run.sum / run.count);
  };
  for (const { centre, height } of wanted) {
    runs.push({ sum: centre - height / 2, count: 1, height: height + GAP });
    place(runs[runs.length - 1]);
    while (runs.length > 1) {
      const before = runs[runs.length - 2];
      const last = runs[runs.length - 1];
      if (before.top + before.height <= last.top) break;
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
      top += height + GAP;
    }
  }
  return tops;
}

// Stack a row's hosts; keep room for what else it has.
function stackRow(row, places) {
  for (const columns of partsOf(row)) {
    const heights = columns.map(
      (part) => part.reduce((sum, i) => sum + boxes[i].height + GAP, 0) - GAP,
    );
    const most = Math.max(...heights);
    const middle = places.bottom + most / 2;
    let top = Math.floor(middle - heights[HOSTS] / 2 + 0.5);
    for (const index of columns[HOSTS]) {
      places.tops.set(index, top);
      top += boxes[index].height + GAP;
    }
    for (const column of OTHERS)
      for (const index of columns[column]) places.wanted.set(index, middle);
    places.bottom += most + GAP + BLOCK_GAP;
  }
}

// What belongs to hosts wants to stand in their middle.
function addShared(places) {
  const sums = new Map();
  for (const way of keptWays()) {
    const host = state.shown[way[HOSTS]];
    const centre = places.tops.get(host) + boxes[host].height / 2;
    for (const column of OTHERS) {
      if (way[column] < 0) continue;
      const index = state.shown[way[column]];
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
    height: boxes[index].height,
  }));
  spread(wanted).forEach((top, i) => places.tops.set(indices[i], top));
}

// Curves between boxes; those of wrong bindings come last, so that nothing hides them.
function findEdges() {
  const found = new Map();
  for (const way of keptWays()) {
    const steps = stepsOf(way).map((index) => state.shown[index]);
    for (let i = 1; i < steps.length; i += 1) {
      const [left, right] = [steps[i - 1], steps[i]];
      const key = left * boxes.length + right;
      const edge = found.get(key) ?? { left, right, bindings: 0, level: 0 };
      edge.bindings += 1;
      edge.level = Math.max(edge.level, way[4]);
      found.set(key, edge);
    }
  }
  return [...found.values()].sort((a, b) => a.level - b.level);
}

function arrange() {
  state.shown = standIns();
  const places = { tops: new Map(), wanted: new Map(), bottom: TOP };
  for (const row of rows) stackRow(row, places);
  addShared(places);
  for (const column of OTHERS) settle(column, places);
  let bottom = 0;
  for (const [index, top] of places.tops)
    bottom = Math.max(bottom, top + boxes[index].height);
  return { tops: places.tops, edges: findEdges(), height: bottom + TOP };
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
  const [left, width] = [lefts[box.column], widths[box.column]];
  const words = ["box", COLUMNS[box.column], box.status];
  if (box.group) words.push("group");
  if (box.isDead) words.push("dead");
  const group = make("g", { class: words.join(" "), "data-box": index }, layer);
  group.setAttribute("role", "button");
  group.setAttribute("aria-label", box.tip);
  group.setAttribute("tabindex", -1);
  if (box.group) group.setAttribute("aria-expanded", state.open.has(box.group));
  else group.setAttribute("aria-pressed", index === state.pinned);
  make("title", {}, group, box.tip);
  for (const shift of box.group ? [2 * STACK, STACK, 0] : [0]) {
    const at = { x: left + shift, y: top + shift, width, height: box.height };
    make("rect", { ...at, rx: ROUNDINGS[box.column] }, group);
  }
  const room = width - 2 * PADDING;
  const y = top + FIRST_LINE;
  make("text", { class: "label", x: left + PADDING, y }, group, fitLabel(box, room));
  if (box.note)
    make("text", { class: "note", x: left + width - PADDING, y }, group, box.note);
  if (box.second) drawSecond(box, left + PADDING, top + SECOND_LINE, room, group);
  return group;
}

function drawSecond(box, x, y, room, group) {
  const sign = signs[box.status];
  if (sign) make("text", { class: "sign", x, y }, group, sign);
  const shift = sign ? MARK : 0;
  make("text", { class: "second", x: x + shift, y }, group, fitSecond(box, room));
}

function drawEdge(edge, tops, layer) {
  const [left, right] = [boxes[edge.left], boxes[edge.right]];
  const x1 = lefts[left.column] + widths[left.column];
  const x2 = lefts[right.column];
  const y1 = tops.get(edge.left) + left.height / 2;
  const y2 = tops.get(edge.right) + right.height / 2;
  const middle = Math.floor((x1 + x2) / 2);
  const words = ["edge", levels[edge.level]];
  if (left.isDead || right.isDead) words.push("dead");
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

function setSize(element, height) {
  element.setAttribute("width", wholeWidth);
  element.setAttribute("height", height);
  element.setAttribute("viewBox", `0 0 ${wholeWidth} ${height}`);
}

function draw() {
  const { tops, edges, height } = arrange();
  const [newEdges, newBoxes] = [new DocumentFragment(), new DocumentFragment()];
  state.lit = [];
  state.edges = edges.map((edge) => ({
    ...edge,
    element: drawEdge(edge, tops, newEdges),
  }));
  state.elements = new Map(
    [...tops.keys()]
      .sort((a, b) => a - b)
      .map((index) => [index, drawBox(index, tops.get(index), newBoxes)]),
  );
  edgeLayer.replaceChildren(newEdges);
  boxLayer.replaceChildren(newBoxes);
  setSize(svg, height);
}

function drawHeads() {
  const [layer] = document.querySelector(".heads").children;
  setSize(layer, HEAD_HEIGHT);
  heads.forEach((text, column) => {
    make("text", { x: lefts[column], y: HEAD_LINE }, layer, text);
  });
}

drawHeads();
draw();
const main = document.querySelector("main");
main.style.setProperty("--least", `${Math.floor(wholeWidth * LEAST_SCALE)}px`);
main.classList.add("drawn");
