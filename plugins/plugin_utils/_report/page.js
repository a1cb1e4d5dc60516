"use strict";
// Only comfort: without it everything can be read, nothing filtered or sorted.
(() => {
  const table = document.getElementById("all");
  const rows = Array.from(table.tBodies[0].rows);
  const form = document.getElementById("filter");
  const find = document.getElementById("find");
  const shown = document.getElementById("shown");
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(Array.from(form.querySelectorAll("[name=state]:checked"), (box) => box.value));
    let count = 0;
    for (const row of rows) {
      row.hidden = !states.has(row.dataset.state) || !words.every((word) => texts.get(row).includes(word));
      count += row.hidden ? 0 : 1;
    }
    shown.textContent = `${count} of ${rows.length} shown`;
    // On paper it is worth saying only when something is left out.
    form.classList.toggle("all", count === rows.length);
  };
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.key ?? cell.textContent.trim().toLowerCase();
  };
  const collator = new Intl.Collator("en", { numeric: true });
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      rows.sort((one, two) => {
        const a = key(one, column);
        const b = key(two, column);
        // What is empty stands last, whichever way it is sorted.
        if (!a || !b) return Number(!a) - Number(!b);
        return (down ? -1 : 1) * collator.compare(a, b);
      });
      table.tBodies[0].append(...rows);
    });
  });

  const unfold = document.getElementById("unfold");
  unfold.hidden = false;
  unfold.addEventListener("click", (event) => {
    if (event.target.dataset.open === undefined) return;
    document.querySelectorAll("details.district").forEach((item) => { item.open = Boolean(event.target.dataset.open); });
  });

  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let item = target.closest("details"); item; item = item.parentElement.closest("details")) item.open = true;
    target.scrollIntoView();
    target.focus({ preventScroll: true });
  };
  window.addEventListener("hashchange", reveal);
  if (location.hash) reveal();
})();
