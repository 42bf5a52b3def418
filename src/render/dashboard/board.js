"use strict";
// Sorting, and searching all incidents. Every page works without it.
(() => {
  const make = (name, words, attributes) => {
    const node = document.createElement(name);
    if (words !== undefined) node.textContent = words;
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    return node;
  };

  if (document.body.hasAttribute("data-entrance")) {
    const wanted = (navigator.language || "").slice(0, 2);
    const links = [...document.querySelectorAll(".entrance a")];
    const link = links.find((a) => a.lang === wanted) || links[0];
    if (link) location.replace(link.getAttribute("href"));
    return;
  }

  const value = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return "";
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    const text = cell.textContent.trim();
    const plain = text.replace(/[,$\s%]/g, "");
    return plain !== "" && !Number.isNaN(Number(plain)) ? Number(plain) : text;
  };

  const sortable = (table) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = make("button", head.textContent, { type: "button" });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const compare = (a, b) => {
          const [x, y] = [value(a, column), value(b, column)];
          if (typeof x === "number" && typeof y === "number") return x - y;
          if (typeof x === "number") return -1;
          if (typeof y === "number") return 1;
          return x.localeCompare(y, document.documentElement.lang);
        };
        const rows = [...table.tBodies[0].rows].sort((a, b) => (down ? compare(b, a) : compare(a, b)));
        table.tBodies[0].append(...rows);
      });
    });
  };
  document.querySelectorAll("table[data-sort]").forEach(sortable);

  const form = document.querySelector("form[data-search]");
  if (!form) return;
  form.hidden = false;
  const words = form.dataset.words.split("|");
  const statuses = form.dataset.statuses.split("|");
  const found = document.getElementById("found");
  const results = document.getElementById("results");
  const month = document.getElementById("month");
  const heads = [...document.querySelectorAll("#month thead th")].slice(0, 6).map((th) => [th.textContent.trim(), th.className]);
  const field = (id) => document.getElementById(id);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // The index: read once, part by part, when somebody searches.
  const rows = [];
  let state = "none";
  let waiting = [];
  const read = (part) => {
    const script = make("script", undefined, { src: `../assets/search-${part}.js` });
    script.addEventListener("error", () => {
      state = "broken";
      waiting.splice(0).forEach((done) => done());
    });
    document.head.append(script);
  };
  window.inc = {
    take(part, more, some) {
      for (const row of some) {
        row.text = fold(`${row[0]} ${row[1]} ${row[7]} ${row[8]}`);
        row.services = row[7] ? row[7].split(" ") : [];
        rows.push(row);
      }
      if (more) return read(part + 1);
      state = "there";
      waiting.splice(0).forEach((done) => done());
    },
  };
  const index = () => new Promise((done) => {
    if (state === "there" || state === "broken") return done();
    waiting.push(done);
    if (state === "none") {
      state = "reading";
      read(0);
    }
  });

  const names = new Map([...field("q-service").options].map((o) => [o.value, o.textContent]));
  const span = (seconds) => {
    if (seconds < 0) return words[6];
    const parts = [["d", 86400], ["h", 3600], ["min", 60]];
    const said = [];
    let rest = seconds;
    for (const [unit, size] of parts) {
      const n = Math.floor(rest / size);
      rest -= n * size;
      if (n > 0) said.push(`${n} ${unit}`);
      else if (said.length) break;
      if (said.length === 2) break;
    }
    return said.join(" ") || `${seconds} s`;
  };

  const line = (row) => {
    const tr = make("tr");
    const cell = (content, name, sort) => {
      const td = make("td", undefined, sort === undefined ? {} : { "data-v": sort });
      td.className = name;
      td.append(...[].concat(content));
      tr.append(td);
    };
    const level = row[2] ? make("span", `SEV${row[2]}`, { class: `sev s${row[2]}` }) : make("span", words[5], { class: "sev none" });
    cell(level, "", row[2] || 9);
    cell([make("a", row[1], { href: `../incident/${row[0]}.html` }), " ", make("span", row[0], { class: "id" })], "what");
    cell(row.services.map((id) => names.get(id) || id).join(", "), "opt");
    cell(statuses[row[3]] || "", "opt");
    cell(make("time", row[4]), "", Date.parse(row[4].replace(" ", "T")) || 0);
    const running = row[6] ? [" ", make("span", words[8], { class: "note" })] : [];
    cell([span(row[5]), ...running], "n", row[5]);
    return tr;
  };

  let shown = 100;
  let asked = 0;
  const search = async () => {
    const mine = ++asked;
    const text = fold(field("q").value).split(/\s+/).filter(Boolean);
    const [level, status, service, vertical] = ["q-level", "q-status", "q-service", "q-vertical"].map((id) => field(id).value);
    if (!text.length && !level && !status && !service && !vertical) {
      results.replaceChildren();
      found.textContent = "";
      month.hidden = false;
      return;
    }
    if (state !== "there") found.textContent = words[0];
    await index();
    if (mine !== asked) return;
    if (state === "broken") {
      found.textContent = words[7];
      return;
    }
    const within = vertical ? vertical.split(" ") : [];
    const matches = rows.filter((row) =>
      text.every((word) => row.text.includes(word)) &&
      (!level || String(row[2]) === level) &&
      (!status || String(row[3]) === status) &&
      (!service || row.services.includes(service)) &&
      (!vertical || row.services.some((id) => within.includes(id))));
    month.hidden = true;
    const count = matches.length;
    found.textContent = count === 0 ? words[3] : count === 1 ? words[2] : words[1].replace("{n}", count.toLocaleString("en"));
    results.replaceChildren();
    if (!count) return;
    const table = make("table", undefined, { class: "list" });
    table.append(make("caption", found.textContent, { class: "vh" }));
    const head = make("tr");
    heads.forEach(([name, css]) => head.append(make("th", name, { scope: "col", class: css })));
    const thead = make("thead");
    thead.append(head);
    const body = make("tbody");
    body.append(...matches.slice(0, shown).map(line));
    table.append(thead, body);
    sortable(table);
    const scroll = make("div", undefined, { class: "scroll", role: "region", tabindex: "0", "aria-label": found.textContent });
    scroll.append(table);
    results.append(scroll);
    if (count > shown) {
      const more = make("button", words[4], { type: "button", class: "more" });
      more.addEventListener("click", () => {
        shown += 200;
        search();
      });
      results.append(more);
    }
  };
  let pause;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    shown = 100;
    pause = setTimeout(search, 120);
  });
  form.addEventListener("reset", () => setTimeout(search, 0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    search();
  });
})();
