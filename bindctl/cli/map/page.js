// What a map does under a reader's hands: ways light up, groups open, names are found.
// It goes on where drawing.js ends.

const MAX_LISTED = 200; // ways that are spelt out below the map
const MAX_OPENED = 400; // ways for which a search opens the groups they are in
const page = {
  found: byId("found"),
  open: byId("open"),
  search: byId("search"),
  detail: byId("detail"),
  marks: [...document.querySelectorAll("button[data-nodes]")],
  lines: [...document.querySelectorAll("tr[data-way]")],
  problems: [...document.querySelectorAll("li[data-nodes]")],
};

// Draw anew, and keep what is lit and where the keyboard is.
function redraw() {
  draw();
  placeFocus();
  if (state.pinned !== null && !state.elements.has(state.pinned)) pin(null);
  else light(state.pinned);
}

// The one box that Tab reaches.
function placeFocus() {
  const [first] = state.elements.keys();
  const index = state.elements.has(state.current) ? state.current : first;
  if (index !== undefined) moveTo(index, false);
}

function waysThrough(index) {
  return keptWays().filter((way) =>
    stepsOf(way).some((number) => state.shown[number] === index),
  );
}

function light(index) {
  for (const element of state.lit) element.classList.remove("lit");
  state.lit = [];
  svg.classList.toggle("dim", index !== null);
  if (index === null) return;
  const lit = new Set([index]);
  const joints = new Set();
  for (const way of waysThrough(index)) {
    const steps = stepsOf(way);
    steps.forEach((number, i) => {
      lit.add(state.shown[number]);
      if (i) joints.add(`${state.shown[steps[i - 1]]} ${state.shown[number]}`);
    });
  }
  for (const number of lit) state.lit.push(state.elements.get(number));
  for (const edge of state.edges)
    if (joints.has(`${edge.left} ${edge.right}`)) state.lit.push(edge.element);
  state.lit = state.lit.filter(Boolean);
  for (const element of state.lit) element.classList.add("lit");
}

function pin(index) {
  state.elements.get(state.pinned)?.setAttribute("aria-pressed", false);
  state.pinned = index;
  state.elements.get(index)?.setAttribute("aria-pressed", true);
  light(index);
  page.detail.hidden = index === null;
  if (index !== null) tell(index);
}

function tell(index) {
  const [head, ...rest] = boxes[index].tip.split("\n");
  page.detail.querySelector("h2").textContent = head;
  page.detail.querySelector("p").textContent = rest.join("\n");
  const list = page.detail.querySelector("ul");
  const found = waysThrough(index);
  const items = found.slice(0, MAX_LISTED).map((way) => {
    const item = document.createElement("li");
    const steps = stepsOf(way);
    item.textContent = steps
      .map((number) => boxes[number].tip.split("\n")[0])
      .join(" → ");
    return item;
  });
  if (found.length > MAX_LISTED) {
    const more = document.createElement("li");
    more.textContent = `and ${found.length - MAX_LISTED} more`;
    items.push(more);
  }
  list.replaceChildren(...items);
}

function toggle(group) {
  if (!state.open.delete(group)) state.open.add(group);
  redraw();
  nameOpenButton();
}

const groups = rows.map(groupOf).filter(Boolean);

function nameOpenButton() {
  const isAll = groups.every((group) => state.open.has(group));
  page.open.textContent = isAll ? "Close groups" : "Open groups";
  page.open.hidden = !groups.length;
}

function act(index) {
  if (boxes[index].group) toggle(boxes[index].group);
  else pin(index === state.pinned ? null : index);
}

// ---- keyboard: one stop for Tab, arrows within

function moveTo(index, isFocused = true) {
  state.elements.get(state.current)?.setAttribute("tabindex", -1);
  state.current = index;
  const element = state.elements.get(index);
  element.setAttribute("tabindex", 0);
  if (isFocused) element.focus();
}

const middleOf = (index) => {
  const rect = state.elements.get(index).querySelector("rect");
  return Number(rect.getAttribute("y")) + Number(rect.getAttribute("height")) / 2;
};

function neighbour(index, key) {
  const { column } = boxes[index];
  const near = (a, b) =>
    Math.abs(middleOf(a) - middleOf(index)) - Math.abs(middleOf(b) - middleOf(index));
  const all = [...state.elements.keys()];
  if (key === "ArrowUp" || key === "ArrowDown") {
    const isDown = key === "ArrowDown";
    return all
      .filter((other) => boxes[other].column === column)
      .filter((other) => (middleOf(other) > middleOf(index)) === isDown)
      .filter((other) => other !== index)
      .sort(near)[0];
  }
  const step = key === "ArrowRight" ? 1 : -1;
  const joined = state.edges
    .filter((edge) => (step > 0 ? edge.left : edge.right) === index)
    .map((edge) => (step > 0 ? edge.right : edge.left));
  const beside = all.filter((other) => boxes[other].column === column + step);
  return (joined.length ? joined : beside).sort(near)[0];
}

// ---- search

const tips = boxes.map((box) => box.tip.toLowerCase());

function matches() {
  const words = page.search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const pressed = page.marks.filter(
    (button) => button.getAttribute("aria-pressed") === "true",
  );
  if (!words.length && !pressed.length) return null;
  const wanted = pressed.map((button) => new Set(JSON.parse(button.dataset.nodes)));
  const isMarked = (index) =>
    !wanted.length || wanted.some((nodes) => nodes.has(index));
  return { words, wanted, isMarked };
}

function choose() {
  const asked = matches();
  state.kept = null;
  state.present = null;
  if (asked !== null) {
    state.kept = new Set();
    state.present = new Set();
    ways.forEach((way, number) => {
      const steps = stepsOf(way);
      const all = steps.map((index) => tips[index]).join("\n");
      if (!asked.words.every((word) => all.includes(word))) return;
      if (!steps.some(asked.isMarked)) return;
      state.kept.add(number);
      for (const index of steps) state.present.add(index);
    });
    keepLonely(asked);
  }
  openWhatIsFound();
  redraw();
  nameOpenButton();
  report();
}

// Sites that no binding leads to are found by themselves.
function keepLonely(asked) {
  const led = new Set(ways.flatMap(stepsOf));
  boxes.forEach((box, index) => {
    if (box.group || led.has(index) || !asked.isMarked(index)) return;
    if (asked.words.every((word) => tips[index].includes(word)))
      state.present.add(index);
  });
}

function openWhatIsFound() {
  const isSmall = state.kept !== null && state.kept.size <= MAX_OPENED;
  state.open = new Set(isSmall ? groups : []);
}

function report() {
  for (const line of page.lines)
    line.hidden = state.kept !== null && !state.kept.has(Number(line.dataset.way));
  for (const item of page.problems)
    item.hidden = !JSON.parse(item.dataset.nodes).some(isPresent);
  const section = byId("problems");
  if (section) section.hidden = page.problems.every((item) => item.hidden);
  const number = state.kept === null ? "" : state.kept.size.toLocaleString("en");
  const all = ways.length.toLocaleString("en");
  page.found.textContent = number && `${number} of ${all} bindings`;
}

// ---- events

const boxAt = (event) => {
  const element = event.target.closest?.("g.box");
  return element ? Number(element.dataset.box) : null;
};

svg.addEventListener("click", (event) => {
  const index = boxAt(event);
  if (index === null) return pin(null);
  state.current = index;
  return act(index);
});
svg.addEventListener("pointerover", (event) => {
  if (state.pinned === null) light(boxAt(event));
});
svg.addEventListener("pointerleave", () => light(state.pinned));
svg.addEventListener("focusin", (event) => {
  if (state.pinned === null && event.target.matches(":focus-visible"))
    light(boxAt(event));
});
svg.addEventListener("focusout", () => light(state.pinned));
svg.addEventListener("keydown", (event) => {
  const index = boxAt(event);
  if (index === null || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    act(index);
    moveTo(state.elements.has(index) ? index : state.current);
  } else if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    const next = neighbour(index, event.key);
    if (next !== undefined) moveTo(next);
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") pin(null);
  if (event.key === "/" && document.activeElement !== page.search) {
    event.preventDefault();
    page.search.focus();
  }
});
page.detail.querySelector("button").addEventListener("click", () => pin(null));
page.open.addEventListener("click", () => {
  const isAll = groups.every((group) => state.open.has(group));
  state.open = new Set(isAll ? [] : groups);
  redraw();
  nameOpenButton();
});
for (const button of page.marks)
  button.addEventListener("click", () => {
    const isPressed = button.getAttribute("aria-pressed") === "true";
    button.setAttribute("aria-pressed", !isPressed);
    choose();
  });
let waiting = 0;
page.search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(choose, 120);
});

for (const button of page.marks) button.setAttribute("aria-pressed", false);
for (const element of document.querySelectorAll("[data-script]"))
  element.hidden = false;
nameOpenButton();
placeFocus();
