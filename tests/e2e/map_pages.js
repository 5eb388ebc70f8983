// Many maps, one after the other, in frames: the laws of each, closed and open.
addEventListener("load", async () => {
  const pages = JSON.parse(one("#pages").textContent);
  const show = (text, sandbox) =>
    new Promise((resolve) => {
      const frame = document.createElement("iframe");
      if (sandbox) frame.setAttribute("sandbox", sandbox);
      frame.width = 1400;
      frame.height = 900;
      frame.srcdoc = text;
      frame.onload = () => resolve(frame);
      document.body.append(frame);
    });
  const result = { faults: [], boxes: [] };
  for (const text of pages) {
    const frame = await show(text);
    const page = frame.contentDocument;
    const open = one("#open", page);
    const found = faultsOf(page, false);
    result.boxes.push(
      [...boxesOf(page).values()].map(({ element, ...at }) => ({
        ...at,
        label: one(".label", element).textContent,
        second: one(".second", element)?.textContent ?? "",
        tip: one("title", element).textContent,
        sheets: all("rect", element).length,
      })),
    );
    if (!open.hidden) {
      open.click();
      found.push(...faultsOf(page, true));
    }
    result.faults.push(found);
    frame.remove();
  }
  // Without a script; the last page will do.
  const frame = await show(pages[pages.length - 1], "allow-same-origin");
  const page = frame.contentDocument;
  const isShown = (element) => element.getClientRects().length > 0;
  result.unscripted = {
    words: one(".undrawn", page).innerText,
    drawing: all("#map, .heads", page).some(isShown),
    rows: all("tr[data-way]", page).filter(isShown).length,
    tools: isShown(one(".tools", page)),
  };
  const out = document.createElement("pre");
  out.id = "result";
  out.textContent = JSON.stringify(result);
  document.body.replaceChildren(out);
});
