// One problem, opened: every sample, the votes, and why the decision fell as it did.
const Problem = (() => {
  const dialog = document.getElementById("problem");
  const title = document.getElementById("problem-title");
  const body = document.getElementById("problem-body");
  const previous = document.getElementById("problem-previous");
  const next = document.getElementById("problem-next");
  let walk = null; // the browser's list: {task, rows, at, back, query}

  async function open(task, rows, at, back, query = "") {
    walk = { task, rows, at, back, query };
    const row = rows[at];
    const part = await Data.json(`${task}-part-${row.at[0]}`);
    const problem = part.problems[row.at[1]];
    if (walk.at !== at || walk.rows !== rows) return; // another was opened meanwhile
    title.textContent = problem.id;
    body.replaceChildren(...sections(problem, part.formulas));
    body.querySelectorAll(".sample").forEach((one) => { one.open = one.dataset.open !== undefined; });
    body.scrollTop = 0;
    previous.disabled = at === 0;
    next.disabled = at === rows.length - 1;
    if (!dialog.open) dialog.showModal();
    title.focus();
    history.replaceState(null, "", `#${task}/${encodeURIComponent(problem.id)}`);
  }

  function sections(problem, formulas) {
    const asked = element("section", {}, element("h3", {}, "Problem"),
      problem.problem ? Text.block(problem.problem, formulas) : element("p", { class: "note" }, "The text of the problem is not in the input."));
    if (problem.choices.length) {
      asked.append(element("ol", { type: "A" }, ...problem.choices.map((choice) => element("li", {}, ...Text.nodes(choice, formulas)))));
    }
    asked.append(element("p", {}, "Reference answer: ",
      ...(problem.reference ? Text.nodes(problem.reference, formulas) : ["none"])));
    const models = problem.models.map((model) => section(model, problem.decision, formulas));
    const all = element("button", { type: "button", class: "open-all" }, "Open all samples");
    all.addEventListener("click", () => body.querySelectorAll(".sample").forEach((one) => { one.open = true; }));
    return [asked, decision(problem.decision, formulas), all, ...models];
  }

  function decision(made, formulas) {
    const answer = made.answer ? Text.nodes(made.answer, formulas) : ["none"];
    const stage = made.stage ? `, graded at stage ${made.stage}` : "";
    const box = element("div", { class: "why" },
      element("p", {}, "Answer: ", ...answer, made.key == null ? null : element("small", {}, ` key ${made.key}`)),
      element("p", {}, made.why),
      element("p", {}, Verdict.badge(made.outcome), `${stage}.`));
    if (made.short) box.append(element("p", {}, "Short: some model has fewer responses than asked for."));
    return element("section", {}, element("h3", {}, "Decision"), box);
  }

  function section(model, made, formulas) {
    const chosen = model.name === made.model;
    const without = [["unparsed", "without an answer"], ["truncated", "cut off"], ["failed", "failed calls"]]
      .filter(([name]) => model[name]).map(([name, word]) => `${model[name]} ${word}`);
    const said = `${model.of} responses${without.length ? `, ${without.join(", ")}` : ""}; confidence ${percent(model.confidence)}`;
    return element("section", { class: "model" },
      element("h3", {}, model.name, chosen ? element("span", { class: "tag" }, "★ selected") : null, element("small", {}, said)),
      votes(model, formulas),
      ...samples(model.samples, chosen ? made.key : null, formulas));
  }

  // The samples that gave the decided key are marked; the first of them, whose answer is shown, is open.
  function samples(all, key, formulas) {
    const first = all.findIndex((one) => key !== null && one.key === key);
    return all.map((one, at) => sample(one, key !== null && one.key === key, at === first, formulas));
  }

  function votes(model, formulas) {
    if (!model.votes.length) return element("p", {}, "No votes.");
    return element("ul", { class: "votes", "aria-label": `Votes of ${model.name}` }, ...model.votes.map((vote) =>
      element("li", {},
        element("progress", { max: Math.max(model.of, 1), value: vote.n, "aria-hidden": "true" }),
        element("span", {}, ...(vote.answer ? Text.nodes(vote.answer, formulas) : [vote.key]), element("small", {}, ` key ${vote.key}`)),
        element("span", {}, `${vote.n} of ${model.of} `, vote.verdict ? Verdict.badge(vote.verdict) : null))));
  }

  function sample(one, winner, open, formulas) {
    const says = [one.key === null ? null : `key ${one.key}`, one.rule && `found by ${one.rule}`, one.stage && `graded at ${one.stage}`, one.note]
      .filter(Boolean).join(", ");
    const sought = walk.query && Browser.sampleSays(one, walk.query);
    const made = element("details", { class: "sample", "data-open": open || Boolean(sought) }, element("summary", {},
      element("span", {}, `#${one.i}`), Verdict.badge(Verdict.ofSample(one)), element("span", {}, says), winner ? element("span", { class: "tag" }, "counted for the answer") : null));
    const fill = () => made.append(one.text ? Text.block(one.text, formulas) : element("div", { class: "text" },
      one.span === null ? "No response is in the input." : element("span", {}, "Span: ", element("mark", {}, one.span))));
    made.addEventListener("toggle", () => { if (made.open && made.childElementCount === 1) fill(); });
    return made;
  }

  const step = (by) => {
    const at = walk.at + by;
    if (at >= 0 && at < walk.rows.length) open(walk.task, walk.rows, at, walk.back, walk.query);
  };
  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  document.getElementById("problem-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.tagName === "INPUT") return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("close", () => {
    history.replaceState(null, "", location.pathname + location.search);
    walk?.back(walk.at);
  });
  document.getElementById("render-math").addEventListener("change", (event) => {
    Text.rendered = event.target.checked;
    const opened = [...body.querySelectorAll("details")].map((one) => one.open);
    open(walk.task, walk.rows, walk.at, walk.back, walk.query).then(() => {
      body.querySelectorAll("details").forEach((one, at) => { one.open = opened[at]; });
      event.target.focus();
    });
  });

  return { open };
})();
