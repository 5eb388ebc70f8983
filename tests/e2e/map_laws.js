// Laws of a drawn map, of any document that holds one: what is wrong with it, in words.
const all = (query, root = document) => [...root.querySelectorAll(query)];
const one = (query, root = document) => root.querySelector(query);
const number = (element, key) => Number(element.getAttribute(key));

// A map's boxes as they stand, by number.
function boxesOf(page) {
  return new Map(
    all("#map g.box", page).map((element) => {
      const rect = one("rect:last-of-type", element);
      const [x, y, width, height] = ["x", "y", "width", "height"].map((key) =>
        number(rect, key),
      );
      const index = Number(element.dataset.box);
      return [index, { index, element, left: x, right: x + width, top: y, height }];
    }),
  );
}

// Texts that meet, and texts that stand out of the box they are in.
function textFaults(page) {
  const texts = all("#map g.box text", page).map((element) => ({
    text: element.textContent,
    at: element.getBoundingClientRect(),
    box: one("rect:last-of-type", element.parentNode).getBoundingClientRect(),
  }));
  const found = [];
  for (const { text, at, box } of texts)
    if (
      at.left < box.left ||
      at.right > box.right ||
      at.top < box.top - 0.5 ||
      at.bottom > box.bottom + 0.5
    )
      found.push(`out of its box: ${text}`);
  texts.sort((a, b) => a.at.top - b.at.top);
  texts.forEach((first, index) => {
    for (const second of texts.slice(index + 1)) {
      if (second.at.top >= first.at.bottom) break;
      if (first.at.left < second.at.right && second.at.left < first.at.right)
        found.push(`on each other: ${first.text} ${second.text}`);
    }
  });
  return found;
}

// Boxes that touch or leave the drawing, and a drawing that is larger than it must be.
function placeFaults(page, boxes) {
  const [gap, top, side] = [6, 8, 16];
  const found = [];
  const shown = [...boxes.values()].sort((a, b) => a.top - b.top);
  for (const first of shown) {
    if (first.top < top) found.push(`box ${first.index} stands too high`);
    for (const second of shown)
      if (
        first !== second &&
        first.top <= second.top &&
        first.left < second.right &&
        second.left < first.right &&
        second.top < first.top + first.height + gap
      )
        found.push(`boxes ${first.index} and ${second.index} overlap`);
  }
  const map = one("#map", page);
  const lowest = Math.max(0, ...shown.map((box) => box.top + box.height));
  if (number(map, "height") !== lowest + top) found.push("the drawing ends elsewhere");
  const right = Math.max(0, ...shown.map((box) => box.right));
  if (number(map, "width") < right + side) found.push("the drawing is too narrow");
  const heads = one(".heads svg", page);
  if (number(map, "width") !== number(heads, "width")) found.push("heads are off");
  return found;
}

// What the data of the page say should be drawn while all groups are open or closed.
function wantedOf(data, isOpen) {
  const standIn = new Map();
  const wanted = new Set();
  for (const [cells, clusters] of data.rows) {
    if (cells.length && isOpen)
      wanted.add(cells[1] ?? cells.find((cell) => cell !== null));
    for (const columns of clusters)
      columns.forEach((part, column) => {
        for (const index of part)
          standIn.set(index, cells.length && !isOpen ? cells[column] : index);
      });
  }
  const shown = (index) => standIn.get(index) ?? index;
  for (const index of standIn.keys()) wanted.add(shown(index));
  const edges = new Map();
  for (const way of data.ways) {
    const steps = way.slice(0, 4).filter((index) => index >= 0);
    for (const index of steps) wanted.add(shown(index));
    steps.slice(1).forEach((right, i) => {
      const key = `${shown(steps[i])} ${shown(right)}`;
      edges.set(key, Math.max(edges.get(key) ?? 0, way[4]));
    });
  }
  return { wanted, edges };
}

// Nodes and bindings that are not drawn, and what is drawn though it is none.
function contentFaults(page, boxes, isOpen) {
  const data = JSON.parse(one("#data", page).textContent);
  const { wanted, edges } = wantedOf(data, isOpen);
  const found = [];
  for (const index of wanted) if (!boxes.has(index)) found.push(`no box ${index}`);
  for (const index of boxes.keys())
    if (!wanted.has(index)) found.push(`a box ${index}`);
  for (const [index, { element }] of boxes) {
    const [column, label, note, second, status, tip] = data.boxes[index];
    const shown = one(".label", element).textContent;
    const isCut = [...shown.matchAll("…")].some(
      ({ index: at }) =>
        label.startsWith(shown.slice(0, at)) && label.endsWith(shown.slice(at + 1)),
    );
    if (shown !== label && (column === 0 || !isCut))
      found.push(`${label} reads ${shown}`);
    if ((one(".note", element)?.textContent ?? "") !== note) found.push(`note ${note}`);
    const below = one(".second", element)?.textContent ?? "";
    if (
      below !== second &&
      !(below.endsWith("…") && second.startsWith(below.slice(0, -1)))
    )
      found.push(`${second} reads ${below}`);
    if (one("title", element).textContent !== tip) found.push(`no tip: ${tip}`);
    if (!element.classList.contains(status)) found.push(`${label} is not ${status}`);
    const sign = one(".sign", element)?.textContent ?? "";
    if (second && sign !== data.signs[status]) found.push(`${label} has sign ${sign}`);
  }
  let worst = 0;
  const paths = all("#map path", page);
  if (paths.length !== edges.size) found.push(`${paths.length} curves`);
  for (const path of paths) {
    const key = `${path.dataset.left} ${path.dataset.right}`;
    const level = edges.get(key);
    if (level === undefined) found.push(`a curve ${key}`);
    else if (!path.classList.contains(data.levels[level])) found.push(`grey: ${key}`);
    if (level < worst) found.push(`curve ${key} hides a worse one`);
    worst = Math.max(worst, level);
    found.push(...curveFaults(path, boxes));
  }
  return found;
}

// A curve that ends in the void leads nowhere.
function curveFaults(path, boxes) {
  const [left, right] = [
    boxes.get(Number(path.dataset.left)),
    boxes.get(Number(path.dataset.right)),
  ];
  const numbers = path
    .getAttribute("d")
    .match(/[\d.]+/g)
    .map(Number);
  const [x, y, endX, endY] = [...numbers.slice(0, 2), ...numbers.slice(-2)];
  const width = number(path, "stroke-width");
  const isJoined =
    x === left.right &&
    y === left.top + left.height / 2 &&
    endX === right.left &&
    endY === right.top + right.height / 2;
  if (!isJoined) return [`a curve from ${x} ${y} to ${endX} ${endY}`];
  return width >= 1 && width < 9 ? [] : [`a curve ${width} wide`];
}

function faultsOf(page, isOpen) {
  const boxes = boxesOf(page);
  return [
    ...textFaults(page),
    ...placeFaults(page, boxes),
    ...contentFaults(page, boxes, isOpen),
  ];
}
