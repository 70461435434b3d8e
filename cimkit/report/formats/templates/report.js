"use strict";
// The page is complete without this script; it adds filters, the findings that are not written out, and copying.
(() => {
  const FIRST = 20;
  const PAGE = 100;
  const byId = (id) => document.getElementById(id);
  const words = JSON.parse(byId("words").textContent);
  const say = (key, values) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const number = (value) => value.toLocaleString("en-US");
  const rules = [...document.querySelectorAll("details.rule")];
  if (!rules.length) return;

  const REPEATING = ["path", "kind", "type", "storey", "said", "state"];
  const parsed = new Map();
  // The findings of a rule as columns; a repeating column is [distinct values, index of each].
  const dataOf = (rule) => {
    if (!parsed.has(rule)) {
      const holder = rule.querySelector('script[type="application/json"]');
      parsed.set(rule, holder ? JSON.parse(holder.textContent) : null);
    }
    return parsed.get(rule);
  };
  const cell = (data, column, row) => {
    const value = REPEATING.includes(column) ? data[column][0][data[column][1][row]] : data[column][row];
    return value === null || value === undefined ? "" : String(value);
  };

  // Whether a column says something of any finding; one that does not has no place in the table.
  const tells = (data, column) => (REPEATING.includes(column) ? data[column][0] : data[column]).some((value) => value !== null);

  const fields = { storey: byId("storey"), source: byId("source"), text: byId("text") };
  const pressed = (kind) => new Set([...document.querySelectorAll(`.chip[data-${kind}][aria-pressed=true]`)].map((chip) => chip.dataset[kind]));
  const asked = () => ({
    severity: pressed("severity"),
    verdict: pressed("verdict"),
    storey: fields.storey ? fields.storey.value : "",
    source: fields.source ? fields.source.value : "",
    text: fields.text.value.trim().toLowerCase(),
  });
  const matches = (data, row, want, inRule) =>
    (!want.storey || cell(data, "storey", row) === want.storey) &&
    (!want.source || String(data.source[row]) === want.source) &&
    (!want.text || inRule || ["name", "kind", "type", "place", "id", "tag", "said", "storey"].some((column) => cell(data, column, row).toLowerCase().includes(want.text)));

  // Rows of a rule that pass the filters, or null when it has none to filter.
  const passing = (rule, want) => {
    const data = dataOf(rule);
    if (!data) return null;
    const inRule = rule.dataset.words.toLowerCase().includes(want.text);
    const rows = [];
    for (let row = 0; row < data.name.length; row++) if (matches(data, row, want, inRule)) rows.push(row);
    return rows;
  };

  const element = (tag, text, cls) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (cls) made.className = cls;
    return made;
  };
  const drawRow = (data, row) => {
    const line = element("tr", "", cell(data, "state", row) ? "aside" : "");
    const subject = element("td");
    const name = cell(data, "name", row) || (cell(data, "kind", row) ? "" : cell(data, "path", row));
    subject.append(name ? element("b", name) : element("b", words.nameless, "quiet"));
    const where = element("span", cell(data, "kind", row) + " ", "quiet");
    const state = cell(data, "state", row);
    where.append(element("code", cell(data, "place", row)), state ? ` [${state}]` : "");
    subject.append(where);
    line.append(subject);
    for (const column of ["storey", "type"]) if (tells(data, column)) line.append(element("td", cell(data, column, row), "side"));
    if (data.said[0].length !== 1 || data.name.length === 1) line.append(element("td", cell(data, "said", row)));
    else if (tells(data, "id")) {
      const last = element("td");
      last.append(element("code", cell(data, "id", row)));
      line.append(last);
    }
    return line;
  };
  const draw = (rule, rows, upTo) => {
    const data = dataOf(rule);
    const body = rule.querySelector("tbody");
    const more = rule.querySelector(".more");
    if (!data || !body) return;
    body.replaceChildren(...rows.slice(0, upTo).map((row) => drawRow(data, row)));
    more.replaceChildren();
    if (rows.length > upTo) {
      const button = element("button", say("show_more", { count: number(Math.min(PAGE, rows.length - upTo)) }));
      button.type = "button";
      button.onclick = () => draw(rule, rows, upTo + PAGE);
      more.append(button, " " + say("of_shown", { shown: number(upTo), total: number(rows.length) }));
    }
  };

  let shown = new Map();
  const apply = () => {
    const want = asked();
    const narrowed = Boolean(want.storey || want.source || want.text);
    let findings = 0;
    let visible = 0;
    shown = new Map();
    for (const rule of rules) {
      let fits = want.severity.has(rule.dataset.severity) && (want.verdict.has(rule.dataset.verdict) || !document.querySelector(`.chip[data-verdict="${rule.dataset.verdict}"]`));
      const rows = fits ? passing(rule, want) : null;
      if (fits && narrowed) fits = rows ? rows.length > 0 : Boolean(want.text) && rule.dataset.words.toLowerCase().includes(want.text);
      rule.hidden = !fits;
      if (!fits) continue;
      visible += 1;
      if (rows) {
        findings += rows.length;
        shown.set(rule, rows);
        if (rule.open) draw(rule, rows, FIRST);
      }
    }
    const said = byId("matched");
    said.hidden = false;
    said.textContent = say("matching", { rules: number(visible), findings: number(findings) });
  };

  const copy = async (rule, column) => {
    const data = dataOf(rule);
    const rows = shown.get(rule) || [];
    const values = [...new Set(rows.map((row) => cell(data, column, row)).filter(Boolean))];
    const said = rule.querySelector(".said");
    const text = values.join(column === "tag" ? ";" : "\n");
    const area = element("textarea", text);
    area.value = text;
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
    }
    said.textContent = say(done ? "copied" : "copy_failed", { count: number(values.length) });
  };

  const openAt = (hash) => {
    const rule = hash.startsWith("#r") && byId(hash.slice(1));
    if (rule && rule.matches("details.rule")) {
      rule.hidden = false;
      rule.open = true;
    }
  };
  const reset = () => {
    document.querySelectorAll(".chip").forEach((chip) => chip.setAttribute("aria-pressed", "true"));
    Object.values(fields).forEach((field) => field && (field.value = ""));
    apply();
  };

  byId("filters").hidden = false;
  document.querySelectorAll(".tools").forEach((tools) => (tools.hidden = false));
  let waiting;
  fields.text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 150);
  });
  for (const field of [fields.storey, fields.source]) if (field) field.addEventListener("change", apply);
  for (const rule of rules) rule.addEventListener("toggle", () => rule.open && shown.has(rule) && draw(rule, shown.get(rule), FIRST));
  addEventListener("hashchange", () => openAt(location.hash));
  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, path.hit, a[href^='#r']");
    if (!target) return;
    if (target.matches(".chip")) {
      target.setAttribute("aria-pressed", String(target.getAttribute("aria-pressed") !== "true"));
      apply();
    } else if (target.id === "reset") reset();
    else if (target.id === "unfold") {
      const open = !rules.some((rule) => rule.open && !rule.hidden);
      rules.forEach((rule) => (rule.open = open));
    } else if (target.dataset.copy) copy(target.closest("details"), target.dataset.copy);
    else if (target.dataset.storey !== undefined && fields.storey) {
      fields.storey.value = target.dataset.storey;
      apply();
      byId("findings").scrollIntoView();
    } else if (target.matches("path.hit")) {
      fields.text.value = target.dataset.id;
      apply();
      rules.forEach((rule) => (rule.open = !rule.hidden));
      byId("findings").scrollIntoView();
    } else if (target.matches("a[href^='#r']")) openAt(target.getAttribute("href"));
  });
  addEventListener("beforeprint", () => {
    rules.forEach((rule) => rule.dataset.severity === "error" && (rule.open = true));
    document.querySelectorAll(".others").forEach((others) => (others.open = true));
  });
  apply();
  openAt(location.hash);
})();
