// The texts of the page that have less contrast than WCAG 2 AA asks for: 4.5, and 3 for large ones.
// As they are painted: with the opacity of what they stand in, over the backgrounds below them.
(() => {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = (top, alpha, ground) => ground.map((value, place) => alpha * top[place] + (1 - alpha) * value);
  const luminance = (colour) => colour
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, place) => sum + [0.2126, 0.7152, 0.0722][place] * value, 0);
  const above = (element) => (element ? [element, ...above(element.parentElement)] : []);
  const ground = (element) => above(element).reverse().reduce((below, each) => {
    const [red, green, blue, alpha = 1] = numbers(getComputedStyle(each).backgroundColor);
    return over([red, green, blue], alpha, below);
  }, [255, 255, 255]);

  const bad = new Map();
  const look = (text, element, style) => {
    const below = ground(element);
    const [red, green, blue, alpha = 1] = numbers(element instanceof SVGElement ? style.fill : style.color);
    const opacity = above(element).reduce((product, each) => product * getComputedStyle(each).opacity, alpha);
    const own = style === getComputedStyle(element) || element instanceof SVGElement ? 1 : Number(style.opacity);
    const [dark, light] = [luminance(over([red, green, blue], opacity * own, below)), luminance(below)].sort((a, b) => a - b);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) bad.set(`${text.trim().slice(0, 40)} in ${element.tagName}.${element.getAttribute("class")}`, Math.round(ratio * 100) / 100);
  };
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const box = element.getBoundingClientRect();
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || box.width <= 1) continue;
    look(walker.currentNode.data, element, getComputedStyle(element));
    seen += 1;
  }
  for (const element of document.querySelectorAll("*")) {
    const pseudo = element.matches("input[placeholder]") ? ["::placeholder"] : ["::before", "::after"];
    for (const name of pseudo) {
      const style = getComputedStyle(element, name);
      if (!["none", "normal"].includes(style.content) && element.checkVisibility()) look(`${name} ${style.content}`, element, style);
    }
  }
  return { seen, bad: Array.from(bad) };
})()
