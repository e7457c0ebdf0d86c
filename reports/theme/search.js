// The site's search: every word must begin a word of the heading, the page's title or the section's words.
(function () {
  const entries = JSON.parse(document.getElementById("search-index").textContent);
  const form = document.getElementById("search-form");
  const box = document.getElementById("search-words");
  const said = document.getElementById("search-said");
  const found = document.getElementById("search-found");
  const MOST = 50;

  function plain(text) {
    return " " + text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9½]+/g, " ");
  }

  const texts = entries.map(function (entry) {
    return { heading: plain(entry.heading), all: plain(entry.page + " " + entry.heading + " " + entry.words) };
  });

  function score(place, words) {
    const text = texts[place];
    if (!words.every(function (word) { return text.all.includes(" " + word); })) { return 0; }
    return 1 + words.filter(function (word) { return text.heading.includes(" " + word); }).length;
  }

  function show() {
    const words = plain(box.value).split(" ").filter(Boolean);
    found.replaceChildren();
    if (!words.length) { said.textContent = ""; return; }
    const hits = entries
      .map(function (entry, place) { return { entry: entry, score: score(place, words) }; })
      .filter(function (hit) { return hit.score > 0; })
      .sort(function (one, other) { return other.score - one.score; });
    said.textContent = hits.length === 0 ? "Nothing was found." : hits.length + (hits.length === 1 ? " section" : " sections") + " found" + (hits.length > MOST ? ", the first " + MOST + " shown." : ".");
    hits.slice(0, MOST).forEach(function (hit) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = hit.entry.address;
      link.textContent = hit.entry.heading;
      item.append(link, document.createTextNode(" – " + hit.entry.page));
      found.append(item);
    });
  }

  form.addEventListener("submit", function (event) { event.preventDefault(); show(); });
  const asked = new URLSearchParams(location.search).get("words");
  if (asked) { box.value = asked; show(); }
})();
