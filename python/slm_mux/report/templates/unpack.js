"use strict";
// The data of the page lies in it deflated and in base64; each part is unpacked when it is asked for.
const Data = (() => {
  const KEPT = 24; // parts that stay unpacked: a bound on memory
  const kept = new Map();

  function decoded(base64) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const packed = atob(base64); // browsers of before 2025
    const made = new Uint8Array(packed.length);
    for (let at = 0; at < packed.length; at += 1) made[at] = packed.charCodeAt(at);
    return made;
  }

  async function unpacked(id) {
    const deflated = decoded(document.getElementById(id).textContent);
    const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream);
  }

  function json(id) {
    const found = kept.get(id) ?? unpacked(id).then((response) => response.json());
    kept.delete(id);
    kept.set(id, found); // the last one used is the last one dropped
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return found;
  }

  return { json, text: (id) => unpacked(id).then((response) => response.text()) };
})();

// An element with attributes and children; a string becomes a text node, never markup.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null));
  return made;
}

const percent = (share) => (share == null ? "–" : `${(100 * share).toFixed(0)} %`);
