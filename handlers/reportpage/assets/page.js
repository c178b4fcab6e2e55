// Tables sort by a click on a heading. Without scripts they stand as they came.
for (const table of document.querySelectorAll("table.sorts")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((th, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const down = th.getAttribute("aria-sort") === "ascending" || (!th.hasAttribute("aria-sort") && th.classList.contains("n"));
      for (const other of headings) other.removeAttribute("aria-sort");
      th.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent.trim();
      const order = new Intl.Collator("en", { numeric: true });
      const rows = [...table.tBodies[0].rows].sort((a, b) => order.compare(value(a), value(b)) * (down ? -1 : 1));
      table.tBodies[0].append(...rows);
    });
  });
}
// On paper there is nothing to open.
addEventListener("beforeprint", () => { for (const d of document.querySelectorAll("details:not(.long)")) d.open = true; });
