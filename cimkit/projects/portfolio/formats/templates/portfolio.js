"use strict";
// The page's charts stand without this script; it fills the table, sorts and filters it.
(() => {
  const PAGE = 100;
  const byId = (id) => document.getElementById(id);
  const { projects, titles, words, columns, verdicts } = JSON.parse(byId("data").textContent);
  const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const number = (value) => (value === null ? "" : value.toLocaleString("en-US"));
  const fields = Object.fromEntries(["city", "kind", "stage", "verdict", "rule", "text"].map((id) => [id, byId(id)]));
  const body = document.querySelector("#table tbody");
  let order = { key: "errors", down: true };
  let limit = PAGE;

  const wordsOf = (project) => [project.number, project.name, project.district, project.folder].join(" ").toLowerCase();
  const matches = (project) =>
    (!fields.city.value || project.cityCode === fields.city.value) &&
    (!fields.kind.value || project.kinds.includes(fields.kind.value)) &&
    (!fields.stage.value || project.stage === fields.stage.value) &&
    (!fields.verdict.value || project.verdict === fields.verdict.value) &&
    (!fields.rule.value || project.failed.includes(Number(fields.rule.value))) &&
    (!fields.text.value.trim() || wordsOf(project).includes(fields.text.value.trim().toLowerCase()));

  const rank = Object.fromEntries(verdicts.map(([verdict], index) => [verdict, index]));
  const compare = (a, b) => {
    const [x, y] = [a[order.key], b[order.key]].map((value) => (order.key === "verdict" ? -rank[value] : value));
    if (x === y) return a.index - b.index;
    if (x === null) return 1;
    if (y === null) return -1;
    const less = typeof x === "number" ? x - y : String(x).localeCompare(String(y), "zh-Hans-CN");
    return order.down ? -less : less;
  };
  const element = (tag, text, cls) => {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = text;
    if (cls) made.className = cls;
    return made;
  };
  const verdictWord = Object.fromEntries(verdicts);
  const drawn = (project) => {
    const row = element("tr");
    columns.forEach(([key, label, isNumber], index) => {
      const cell = element("td", undefined, index === 0 ? "first" : key === "name" ? "name" : isNumber ? "num" : "");
      if (key === "verdict") cell.append(element("span", verdictWord[project.verdict], `badge v-${project.verdict}`));
      else cell.textContent = isNumber ? number(project[key]) : project[key] ?? "";
      if (isNumber) cell.dataset.label = label;
      row.append(cell);
    });
    row.tabIndex = 0;
    row.addEventListener("click", () => toggle(row, project));
    row.addEventListener("keydown", (event) => event.key === "Enter" && toggle(row, project));
    return row;
  };
  const toggle = (row, project) => {
    if (row.nextSibling && row.nextSibling.className === "detail") {
      row.nextSibling.remove();
      return;
    }
    const detail = element("tr", undefined, "detail");
    const cell = element("td");
    cell.colSpan = columns.length;
    const list = element("ul");
    list.append(element("li", project.folder));
    if (project.error) list.append(element("li", project.error, "alarm"));
    project.unread.forEach((line) => list.append(element("li", line, "alarm")));
    project.failed.forEach((rule) => list.append(element("li", `${titles[rule][0]} ${titles[rule][1]}`)));
    cell.append(list);
    detail.append(cell);
    row.after(detail);
  };
  const draw = () => {
    const found = projects.filter(matches).sort(compare);
    const shown = found.slice(0, limit);
    body.replaceChildren(...shown.map(drawn));
    byId("matched").textContent = say("matching", { shown: number(shown.length), matched: number(found.length), total: number(projects.length) });
    byId("more").hidden = shown.length === found.length;
    document.querySelectorAll("#table th").forEach((head) => {
      if (head.dataset.key === order.key) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    document.querySelectorAll(".place").forEach((place) => place.classList.toggle("picked", !!fields.city.value && place.dataset.city === fields.city.value));
  };
  const redraw = () => {
    limit = PAGE;
    draw();
  };
  Object.values(fields).forEach((field) => field.addEventListener("input", redraw));
  byId("clear").addEventListener("click", () => {
    Object.values(fields).forEach((field) => (field.value = ""));
    redraw();
  });
  byId("more").querySelector("button").addEventListener("click", () => {
    limit += PAGE;
    draw();
  });
  document.querySelectorAll("#table th").forEach((head) =>
    head.addEventListener("click", () => {
      order = { key: head.dataset.key, down: order.key === head.dataset.key ? !order.down : columns.find(([key]) => key === head.dataset.key)[2] };
      redraw();
    }),
  );
  const ruleOf = Object.fromEntries(titles.map(([code], index) => [code, index]));
  ["city", "kind", "stage", "verdict", "rule"].forEach((name) =>
    document.querySelectorAll(`[data-${name}]`).forEach((mark) =>
      mark.addEventListener("click", (event) => {
        event.preventDefault();
        Object.values(fields).forEach((field) => (field.value = ""));
        const value = mark.dataset[name];
        fields[name].value = name === "rule" ? String(ruleOf[value]) : value;
        redraw();
        byId("projects").scrollIntoView({ behavior: "smooth" });
      }),
    ),
  );
  byId("filters").hidden = false;
  draw();
})();
