// Texts with their formulas and the marked span. Markup of formulas is parsed where nothing runs
// and loads (a document of its own), and only known elements and attributes are built from it.
const Text = (() => {
  const MATHML = "http://www.w3.org/1998/Math/MathML";
  const ELEMENTS = new Set(
    ("math mi mn mo ms mtext mspace mrow mfrac msqrt mroot msub msup msubsup munder mover munderover " +
      "mmultiscripts mprescripts mtable mtr mtd mpadded mphantom menclose mstyle merror").split(" "),
  );
  const ATTRIBUTES = new Set(
    ("display displaystyle scriptlevel stretchy form fence separator lspace rspace minsize maxsize symmetric largeop " +
      "movablelimits accent accentunder linethickness width height depth voffset mathvariant columnspan rowspan").split(" "),
  );
  const STYLES = new Set(
    ("text-align padding-left padding-right border-left border-right border-top border-bottom color width").split(" "),
  );
  const VALUE = /^[\w\s.#%+-]{1,60}$/;
  const MAX_DEPTH = 60;
  const MAX_NODES = 4000;
  const parser = new DOMParser();
  let rendered = true;

  function build(node, depth, budget) {
    if (depth > MAX_DEPTH || --budget.left < 0) throw new RangeError("a formula too large to show");
    const tag = node.localName;
    if (!ELEMENTS.has(tag)) throw new TypeError(`element ${tag} in a formula`);
    const made = document.createElementNS(MATHML, tag === "menclose" ? "mrow" : tag);
    if (tag === "menclose") made.classList.add(node.getAttribute("notation") === "box" ? "box" : "strike");
    for (const { name, value } of node.attributes) {
      if (name === "style") style(made, value);
      else if (ATTRIBUTES.has(name) && VALUE.test(value)) made.setAttribute(name, value);
    }
    if (tag === "mtext" || node.childElementCount === 0) made.textContent = node.textContent;
    else for (const child of node.children) made.append(build(child, depth + 1, budget));
    return made;
  }

  function style(made, value) {
    for (const rule of value.split(";")) {
      const [name, setting] = rule.split(":").map((part) => part.trim());
      if (STYLES.has(name) && setting && VALUE.test(setting)) made.style.setProperty(name, setting);
    }
  }

  function formula(markup, source) {
    try {
      const found = parser.parseFromString(markup, "text/html").querySelector("math");
      const made = build(found, 0, { left: MAX_NODES });
      made.setAttribute("alttext", source);
      made.dataset.source = source;
      return made;
    } catch (error) {
      return document.createTextNode(source);
    }
  }

  // A stretch of plain text, the part of it that lies in the span marked.
  function plain(text, start, end, span) {
    const [from, to] = span ?? [0, 0];
    const a = Math.min(Math.max(start, from), end);
    const b = Math.max(Math.min(end, to), a);
    const pieces = [text.slice(start, a), text.slice(a, b), text.slice(b, end)];
    return [pieces[0], pieces[1] && element("mark", {}, pieces[1]), pieces[2]].filter(Boolean);
  }

  function trimmed(text, from, end) {
    let at = end;
    while (at > from && /\s/.test(text[at - 1])) at -= 1;
    return at;
  }

  // `text`: {t, m: [[start, end, number of the formula]], s: [start, end] of the span}
  function nodes(text, formulas) {
    if (text == null) return [];
    const made = [];
    let at = 0;
    for (const [start, end, number] of rendered ? (text.m ?? []) : []) {
      const one = formula(formulas[number], text.t.slice(start, end));
      const displayed = one.getAttribute?.("display") === "block";
      // A displayed formula stands on lines of its own: those around it would be empty ones.
      const till = displayed ? trimmed(text.t, at, start) : start;
      made.push(...plain(text.t, at, till, text.s));
      const marked = text.s && text.s[0] < end && text.s[1] > start;
      made.push(marked ? element("mark", {}, one) : one);
      at = displayed ? end + /^[ \t]*\n{0,2}/.exec(text.t.slice(end, end + 40))[0].length : end;
    }
    made.push(...plain(text.t, at, text.t.length, text.s));
    return made;
  }

  function block(text, formulas) {
    return element("div", { class: rendered ? "text" : "text source" }, ...nodes(text, formulas));
  }

  return {
    nodes,
    block,
    get rendered() { return rendered; },
    set rendered(value) { rendered = value; },
  };
})();

const Verdict = (() => {
  const SAID = {
    correct: ["✓", "correct"], incorrect: ["✗", "incorrect"], undecided: ["?", "undecided"], no_answer: ["∅", "no answer"],
    unparsed: ["∅", "no answer in it"], truncated: ["✂", "cut off"], failed: ["!", "call failed"], ungraded: ["·", "not graded"],
  };
  const said = (outcome) => SAID[outcome] ?? ["·", String(outcome)];

  function badge(outcome) {
    const [sign, word] = said(outcome);
    const known = outcome in SAID ? outcome : "ungraded";
    return element("span", { class: `verdict ${known}` }, element("span", { "aria-hidden": "true" }, `${sign} `), word);
  }

  // What became of a sample: its verdict, or why it has none.
  const ofSample = (sample) => (sample.state === "ok" ? (sample.verdict ?? "ungraded") : sample.state);
  return { badge, ofSample, word: (outcome) => said(outcome)[1] };
})();
