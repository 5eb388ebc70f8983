// What a person would see in the map, measured: appended to a copy of the page, after
// map_laws.js.
addEventListener("load", () => {
  "use strict";
  const names = (element, keys) => keys.map((key) => element.getAttribute(key));
  const drawn = () => ({
    view: one("#map").getAttribute("viewBox"),
    boxes: all("#map g.box").map((box) => [
      ...names(box, ["data-box"]),
      box.getAttribute("class").replace(" lit", ""),
      all("title, rect, text", box).map((part) => [
        part.tagName,
        part.textContent,
        ...names(part, ["class", "x", "y", "width", "height", "rx"]),
      ]),
    ]),
    edges: all("#map path").map((path) =>
      names(path, ["class", "data-left", "data-right", "d", "stroke-width"]),
    ),
  });

  function type(words) {
    const search = one("#search");
    search.value = words;
    search.dispatchEvent(new Event("input"));
  }
  const click = (element) =>
    element.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const press = (key) =>
    document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true }),
    );
  const hosts = () => all("#map g.host:not(.group)").length;

  // Contrast by WCAG 2.2, of text on the box it is in.
  function contrast(text) {
    const light = (color) => {
      const parts = color.match(/[\d.]+/g).slice(0, 3);
      const [r, g, b] = parts.map((part) => {
        const value = part / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const box = one("rect:last-of-type", text.parentNode);
    const [a, b] = [text, box].map((item) => light(getComputedStyle(item).fill));
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  const result = { closed: faultsOf(document, false), first: drawn(), contrast: 99 };
  result.contrast = Math.min(...all("#map g.box text").map(contrast));
  result.scheme = getComputedStyle(document.body).backgroundColor;
  result.spread = [[100, 200], [100, 100], [0, 0], []].map((centres) =>
    spread(centres.map((centre) => ({ centre, height: 20 }))),
  );
  const open = one("#open");
  if (!open.hidden) click(open);
  else {
    type("zzz");
  }
  setTimeout(() => {
    if (open.hidden) type("");
    else {
      result.opened = { faults: faultsOf(document, true), hosts: hosts() };
      click(open);
    }
    setTimeout(() => {
      result.again = drawn();
      const box = one("#map g.host");
      one("#map [tabindex='0']").focus();
      press("ArrowRight");
      result.focused = document.activeElement.getAttribute("aria-label");
      press("Enter");
      result.detail = one("#detail").textContent;
      press("Escape");
      result.closedDetail = one("#detail").hidden;
      box.dispatchEvent(new PointerEvent("pointerover", { bubbles: true }));
      result.lit = all("#map .lit").length;
      type("www3");
      setTimeout(() => {
        result.found = {
          words: one("#found").textContent,
          faults: textFaults(document),
          hosts: all("#map g.host:not(.group) .label").map((text) => text.textContent),
          rows: all("tr[data-way]:not([hidden])").length,
        };
        const out = document.createElement("pre");
        out.id = "result";
        out.textContent = JSON.stringify(result);
        document.body.append(out);
      }, 200);
    }, 200);
  }, 200);
});
