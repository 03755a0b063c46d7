"use strict";
// All of this is comfort: without it the page says the same. Data are read from the page itself.
(() => {
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[’']/g, " ")
    .toLowerCase().replace(/\s+/g, " ").trim();
  const rows = [...document.querySelectorAll("#comuni tbody tr")].map((row) => ({
    code: row.dataset.c,
    name: row.cells[0].textContent,
    state: row.cells[2].textContent,
    plain: plain(row.cells[0].textContent),
  }));
  const map = document.getElementById("mappa");

  function search() {
    const box = document.getElementById("cerca");
    const input = document.getElementById("domanda");
    const status = document.getElementById("esito");
    const list = document.getElementById("trovati");
    const most = 8;
    let shown = [];
    const look = () => {
      const wanted = plain(input.value);
      const inside = wanted ? rows.filter((row) => row.plain.includes(wanted)) : [];
      const begins = inside.filter((row) => row.plain.startsWith(wanted));
      const found = [...begins, ...inside.filter((row) => !row.plain.startsWith(wanted))];
      shown.forEach((sign) => sign.classList.remove("trovato"));
      shown = found.map((row) => document.getElementById(`m-${row.code}`)).filter(Boolean);
      shown.forEach((sign) => sign.classList.add("trovato"));
      map.classList.toggle("cerca-attiva", shown.length > 0);
      list.replaceChildren(...found.slice(0, most).map(entry));
      status.textContent = !wanted ? "" : !found.length ? "Nessun Comune si chiama così."
        : found.length === 1 ? "1 Comune" : `${found.length} Comuni` +
          (found.length > most ? `, qui i primi ${most}` : "");
    };
    const entry = (row) => {
      const item = document.createElement("li");
      const state = document.createElement("span");
      state.textContent = `: ${row.state}`;
      item.append(row.name, state);
      return item;
    };
    input.addEventListener("input", look);
    box.hidden = false;
    const asked = new URLSearchParams(location.hash.slice(1)).get("cerca");
    if (asked) {
      input.value = asked;
      look();
      box.scrollIntoView();
    }
  }

  function hover() {
    const bubble = document.getElementById("fumetto");
    const words = new Map();
    map.querySelectorAll(".segni use").forEach((sign) => {
      const title = sign.querySelector("title");
      words.set(sign, title.textContent);
      title.remove();
    });
    map.addEventListener("pointermove", (event) => {
      const text = words.get(event.target);
      bubble.hidden = !text;
      if (!text) return;
      const frame = map.getBoundingClientRect();
      bubble.textContent = text;
      const left = event.clientX - frame.left;
      const over = left > frame.width * 0.6;
      bubble.style.left = over ? "auto" : `${left + 14}px`;
      bubble.style.right = over ? `${frame.width - left + 14}px` : "auto";
      bubble.style.top = `${event.clientY - frame.top + 10}px`;
    });
    map.addEventListener("pointerleave", () => { bubble.hidden = true; });
  }

  // What a cell is sorted by: its exact value where it has one, else its number, else its words.
  const key = (cell) => {
    const text = cell.dataset.v ?? cell.textContent.trim();
    const number = cell.dataset.v !== undefined ? Number(text)
      : cell.classList.contains("n") ? Number(text.replace(/[.%\s]/g, "").replace(",", ".") || "-1") : NaN;
    return Number.isNaN(number) ? text : number;
  };
  const compare = new Intl.Collator("it", { numeric: true }).compare;

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending" ||
          (head.classList.contains("n") && !head.hasAttribute("aria-sort"));
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const keyed = [...body.rows].map((row) => [key(row.cells[column]), row]);
        keyed.sort(([a], [b]) => typeof a === "number" && typeof b === "number"
          ? a - b : compare(String(a), String(b)));
        if (down) keyed.reverse();
        body.append(...keyed.map(([, row]) => row));
      });
    });
  }

  search();
  hover();
  document.querySelectorAll("table[data-ordina]").forEach(sortable);
})();
