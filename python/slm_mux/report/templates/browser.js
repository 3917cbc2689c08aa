// The list of problems of one task: filters, search, pages.
class Browser {
  static PAGE = 50;
  static NOBODY = "\u0000nobody"; // what no model or stage is called

  constructor(section) {
    this.task = section.closest(".task").id;
    this.form = section.querySelector(".filters");
    this.list = section.querySelector(".rows");
    this.status = section.querySelector(".status");
    this.pages = section.querySelector(".pages");
    this.rows = [];
    this.found = [];
    this.page = 0;
    this.search = { query: "", hits: new Set(), done: 1 };
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.refine());
    this.form.addEventListener("reset", () => setTimeout(() => this.refine()));
    this.list.addEventListener("keydown", (event) => this.move(event));
    this.pages.querySelector(".previous").addEventListener("click", () => this.turn(-1));
    this.pages.querySelector(".next").addEventListener("click", () => this.turn(1));
  }

  async start() {
    const index = await Data.json(`${this.task}-index`);
    Object.assign(this, { rows: index.rows, formulas: index.formulas, members: index.members });
    this.rows.forEach((row, at) => {
      row.number = at;
      row.words = [row.id, row.text?.t, row.answer?.t, row.reference?.t].filter(Boolean).join("\n").toLowerCase();
    });
    this.parts = Math.max(-1, ...this.rows.map((row) => row.at[0])) + 1;
    this.offer();
    this.refine();
  }

  offer() {
    const seen = (name) => [...new Set(this.rows.map((row) => row[name]).filter((value) => value != null))].sort();
    const some = (name) => this.rows.some((row) => row[name] == null);
    const plain = (value) => [value, value.replaceAll("_", " ")];
    const any = ["", "any"];
    this.fill("of", [["", "the decision"], ...this.members.map((name, at) => [String(at), name])]);
    const outcomes = ["correct", "incorrect", "undecided", "no_answer", "truncated", "failed"];
    this.fill("outcome", [any, ...outcomes.map((name) => [name, Verdict.word(name)])]);
    this.fill("model", [any, ...this.members.map((name) => [name, name]), ...(some("model") ? [[Browser.NOBODY, "nobody"]] : [])]);
    this.fill("stage", [any, ...seen("stage").map(plain), ...(some("stage") ? [[Browser.NOBODY, "none recorded"]] : [])]);
    this.fill("cause", [any, ...seen("cause").map(plain)]);
    this.fill("order", [["", "as recorded"], ["low", "least confident first"], ["high", "most confident first"]]);
  }

  fill(name, options) {
    this.form.elements[name].replaceChildren(...options.map(([value, label]) => element("option", { value }, label)));
  }

  value(name) { return this.form.elements[name].value; }

  show(cause) {
    this.form.reset();
    this.form.elements.cause.value = cause;
    this.refine();
    this.form.scrollIntoView();
    this.list.querySelector(".row")?.focus({ preventScroll: true });
  }

  refine() {
    const query = this.value("query").trim().toLowerCase();
    if (query !== this.search.query) this.seek(query);
    const is = (name, value) => value === "" || (row => (value === Browser.NOBODY ? row[name] == null : row[name] === value));
    const tests = ["model", "stage", "cause"].map((name) => is(name, this.value(name))).filter((test) => test !== true);
    const [of, outcome] = [this.value("of"), this.value("outcome")];
    if (outcome) tests.push((row) => (of === "" ? row.outcome : row.own[Number(of)]) === outcome);
    if (query) tests.push((row) => row.words.includes(query) || this.search.hits.has(row.number));
    this.found = this.rows.filter((row) => tests.every((test) => test(row)));
    const sign = { low: 1, high: -1 }[this.value("order")];
    if (sign) this.found.sort((a, b) => sign * ((a.confidence ?? -1) - (b.confidence ?? -1)));
    this.page = 0;
    this.draw();
  }

  // Samples are searched part by part, and the list grows as they are read; a newer query ends it.
  async seek(query) {
    const search = { query, hits: new Set(), done: query ? 0 : 1 };
    this.search = search;
    if (!query) return;
    for (let part = 0; part < this.parts; part += 1) {
      const { problems } = await Data.json(`${this.task}-part-${part}`);
      if (this.search !== search) return;
      const before = search.hits.size;
      for (const row of this.rows) {
        if (row.at[0] === part && Browser.says(problems[row.at[1]], query)) search.hits.add(row.number);
      }
      search.done = (part + 1) / this.parts;
      if (search.hits.size > before) this.keep(() => this.refine());
      else this.tell();
    }
  }

  static says(problem, query) {
    const has = (text) => text != null && text.toLowerCase().includes(query);
    if (has(problem.problem?.t) || problem.choices.some((choice) => has(choice.t))) return true;
    return problem.models.some((model) => model.samples.some((one) => Browser.sampleSays(one, query)));
  }

  static sampleSays(one, query) {
    return [one.text?.t, one.span, one.key, one.note].some((text) => text != null && text.toLowerCase().includes(query));
  }

  // Redraws without losing page and focus.
  keep(redraw) {
    const { page } = this;
    const focused = [...this.list.querySelectorAll(".row")].indexOf(document.activeElement);
    redraw();
    if (page && page * Browser.PAGE < this.found.length) { this.page = page; this.draw(); }
    if (focused >= 0) this.list.querySelectorAll(".row")[focused]?.focus();
  }

  turn(by) {
    this.page += by;
    this.draw();
    this.form.scrollIntoView();
    this.list.querySelector(".row")?.focus({ preventScroll: true });
  }

  tell() {
    const seeking = this.search.done < 1 ? ` … ${percent(this.search.done)} of the samples searched` : "";
    this.status.textContent = `${this.found.length.toLocaleString("en")} of ${this.rows.length.toLocaleString("en")} problems${seeking}`;
  }

  draw() {
    const last = Math.max(0, Math.ceil(this.found.length / Browser.PAGE) - 1);
    this.page = Math.min(Math.max(this.page, 0), last);
    const first = this.page * Browser.PAGE;
    const shown = this.found.slice(first, first + Browser.PAGE);
    this.list.replaceChildren(...shown.map((row, at) => element("li", {}, this.button(row, first + at, at === 0))));
    this.pages.hidden = last === 0;
    this.pages.querySelector(".previous").disabled = this.page === 0;
    this.pages.querySelector(".next").disabled = this.page === last;
    this.pages.querySelector(".page").textContent = `Page ${this.page + 1} of ${last + 1}`;
    this.tell();
  }

  button(row, at, tabbable) {
    const by = row.model === null ? "no model" : `${row.model}, ${percent(row.confidence)} confident`;
    const made = element("button", { type: "button", class: "row", tabindex: tabbable ? 0 : -1 },
      element("span", {}, Verdict.badge(row.outcome), element("span", { class: "name" }, row.stage ?? "")),
      element("span", { class: "what" }, element("span", { class: "name" }, row.id), element("span", { class: "clip" }, ...Text.nodes(row.text, this.formulas))),
      element("span", {}, element("span", { class: "name" }, "answer"), element("span", { class: "clip" }, ...(row.answer ? Text.nodes(row.answer, this.formulas) : ["none"]))),
      element("span", { class: "by" }, element("span", { class: "name" }, "from"), by));
    made.addEventListener("click", () => this.open(at));
    return made;
  }

  open(at) {
    return Problem.open(this.task, this.found, at, (left) => this.back(left), this.search.query);
  }

  // After the dialog: the row that was looked at last has the focus.
  back(at) {
    const page = Math.floor(at / Browser.PAGE);
    if (page !== this.page) { this.page = page; this.draw(); }
    this.focus(at - page * Browser.PAGE);
  }

  focus(at) {
    const buttons = [...this.list.querySelectorAll(".row")];
    buttons.forEach((button, number) => { button.tabIndex = number === at ? 0 : -1; });
    buttons[at]?.focus();
  }

  move(event) {
    const buttons = [...this.list.querySelectorAll(".row")];
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (at < 0 || to === undefined || !buttons[to]) return;
    event.preventDefault();
    this.focus(to);
  }
}
