// What of a page cannot be read or runs the wrong way, as sentences. axe looks at none of it: not even at
// the contrast of Arabic words, whose joined letters it takes for the signs of an icon font.
({ language, direction }) => {
  const root = document.documentElement, wide = root.clientWidth, found = [];
  if (root.scrollWidth > wide) found.push(`the page is ${root.scrollWidth} px wide, the window ${wide}`);
  if (root.lang !== language) found.push(`its language is ${root.lang}`);
  if (getComputedStyle(root).direction !== direction) found.push(`it does not run ${direction}`);

  const BOXES = "button, .button, .badge, th, td, dt, dd, li, p, label, h1, h2, h3";
  const UNSEEN = ".heard, .skip, script, template, option";
  const cuts = (overflow) => overflow === "hidden" || overflow === "clip";
  const leaves = (rect, box) => rect.left < box.left - 1 || rect.right > box.right + 1;

  // Why somebody cannot read a line of text there, or nothing.
  function lost(element, rect) {
    for (let one = element; one && one !== root; one = one.parentElement) {
      const style = getComputedStyle(one), box = one.getBoundingClientRect();
      if (["auto", "scroll"].includes(style.overflowX)) return "";
      if (cuts(style.overflowX) && leaves(rect, box)) return "is cut off at the side";
      if (cuts(style.overflowY) && (rect.top < box.top - 1 || rect.bottom > box.bottom + 1)) return "is cut off";
      if (style.display !== "inline" && one.matches(BOXES) && leaves(rect, box)) return "leaves its box";
    }
    return leaves(rect, { left: 0, right: wide }) ? "lies outside of the window" : "";
  }

  // WCAG 2.2, 1.4.3: large is 24 px, or 18.66 px and bold. Disabled controls are free.
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue);

  function ground(element) {
    for (let one = element; one; one = one.parentElement) {
      const colour = parts(getComputedStyle(one).backgroundColor);
      if ((colour[3] ?? 1) === 1) return colour;
    }
    return [255, 255, 255];
  }

  function faint(element) {
    if (element.closest(":disabled")) return "";
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const both = [luminance(parts(style.color)), luminance(ground(element))].sort((a, b) => b - a);
    const ratio = (both[0] + 0.05) / (both[1] + 0.05), bold = Number(style.fontWeight) >= 700;
    const wanted = size >= 24 || (size >= 18.66 && bold) ? 3 : 4.5;
    return ratio < wanted ? `has a contrast of ${ratio.toFixed(2)}, not ${wanted}` : "";
  }

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    if (!text.data.trim() || parent.closest(UNSEEN) || !parent.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const pale = faint(parent);
    if (pale) found.push(`“${text.data.trim().slice(0, 60)}” ${pale}`);
    const why = [...range.getClientRects()].map((rect) => lost(parent, rect)).find(Boolean);
    if (why) found.push(`“${text.data.trim().slice(0, 60)}” ${why}`);
    const runs = getComputedStyle(parent).direction;
    if (/^\+\d{7,15}$/.test(text.data.trim()) && runs !== "ltr") found.push(`the number ${text.data} runs ${runs}`);
  }

  const ARROW = 16, pen = document.createElement("canvas").getContext("2d");
  for (const select of document.querySelectorAll("select")) {
    if (!select.checkVisibility() || !select.selectedOptions.length) continue;
    const style = getComputedStyle(select), chosen = select.selectedOptions[0].label;
    pen.font = style.font;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - ARROW;
    if (pen.measureText(chosen).width > room + 1) found.push(`“${chosen}” is cut off in its list`);
  }
  return found;
}
