// The search as somebody types, over the index that the server made; without this script the form asks the server.
// Words and order are those of idp/documentation/words.py and searching.py, which tests/idp/documentation compares.

const PIECES = /[a-z0-9]+|[\u3400-\u9fff]+/g;
const RESULTS_AT_MOST = 20;
const QUERY_CHARACTERS = 100;
const SHOWN = 8;

export function tokens(text, [traditional, simplified] = ["", ""]) {
  const simple = (character) => {
    const at = traditional.indexOf(character);
    return at < 0 ? character : simplified[at];
  };
  const folded = [...text].map((one) => [...one.normalize("NFKC").toLowerCase()].map(simple).join(""));
  const found = [];
  for (const piece of folded.join("").match(PIECES) ?? []) {
    if (piece.length === 1 || piece.charCodeAt(0) < 128) found.push(piece);
    else for (let n = 0; n < piece.length - 1; n += 1) found.push(piece.slice(n, n + 2));
  }
  return found;
}

export function search(index, query) {
  const asked = [...new Set(tokens([...query].slice(0, QUERY_CHARACTERS).join(""), index.folded))];
  const scores = new Map();
  const held = new Map();
  for (const token of asked) {
    for (const [place, score] of worth(index, token, token !== asked.at(-1))) {
      scores.set(place, (scores.get(place) ?? 0) + score);
      held.set(place, (held.get(place) ?? 0) + 1);
    }
  }
  const most = Math.max(0, ...held.values());
  const isForeign = (place) => index.places[place][4] !== index.language;
  return [...scores.keys()]
    .filter((place) => held.get(place) === most)
    .sort((one, other) => isForeign(one) - isForeign(other) || scores.get(other) - scores.get(one) || one - other)
    .slice(0, RESULTS_AT_MOST)
    .map((place) => index.places[place]);
}

function worth(index, token, whole) {
  const isExact = whole || token.length > 1 !== token.charCodeAt(0) < 128;
  const known = isExact
    ? Object.hasOwn(index.weights, token) ? [token] : []
    : Object.keys(index.weights).filter((one) => one.startsWith(token));
  const found = new Map();
  for (const one of known) {
    const pairs = index.weights[one];
    const rarity = Math.log(1 + index.places.length / (pairs.length / 2));
    for (let n = 0; n < pairs.length; n += 2) {
      const score = pairs[n + 1] * rarity * (one === token ? 1 : 0.5);
      found.set(pairs[n], Math.max(found.get(pairs[n]) ?? 0, score));
    }
  }
  return found;
}

function show(index, results, box) {
  if (!results.length) {
    box.replaceChildren(Object.assign(document.createElement("p"), { textContent: box.dataset.none }));
    return;
  }
  const list = document.createElement("ol");
  for (const [address, title, heading, anchor, language] of results.slice(0, SHOWN)) {
    const link = document.createElement("a");
    link.href = anchor ? `${address}#${anchor}` : address;
    link.textContent = heading ? `${title} · ${heading}` : title;
    link.lang = language;
    const item = document.createElement("li");
    item.append(link);
    if (language !== index.language) {
      const name = Object.assign(document.createElement("span"), { lang: language, textContent: index.names[language] });
      item.append(name);
    }
    list.append(item);
  }
  box.replaceChildren(list);
}

function begin() {
  const form = document.getElementById("search-form");
  const box = document.getElementById("search-results");
  const field = form.elements.namedItem("q");
  let index;
  field.addEventListener("input", async () => {
    index ??= fetch(form.dataset.index).then((answer) => answer.json());
    const query = field.value.trim();
    try {
      const known = await index;
      if (query !== field.value.trim()) return;
      box.hidden = !query;
      show(known, search(known, query), box);
    } catch {
      index = undefined; // the form still asks the server
    }
  });
  const menu = document.getElementById("docs-menu");
  const wide = window.matchMedia("(min-width: 900px)");
  const fit = () => { menu.open = wide.matches; };
  wide.addEventListener("change", fit); // a tablet that is turned
  fit();
}

if (typeof document !== "undefined") begin();
