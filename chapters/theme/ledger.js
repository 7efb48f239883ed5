// Filters for the ledger: built only where scripts run, so that the table stands alone without them.
(() => {
  const ledger = document.querySelector(".sc-ledger");
  if (!ledger) return;
  const rows = [...ledger.querySelectorAll("tbody tr")];
  const box = ledger.querySelector(".sc-filters");
  const chosen = { verdict: "", chapter: "", article: "", words: "" };

  const matches = (row) =>
    (!chosen.verdict || row.dataset.verdict === chosen.verdict) &&
    (!chosen.chapter || row.dataset.chapter === chosen.chapter) &&
    (!chosen.article || row.dataset.article.split(" ").includes(chosen.article)) &&
    chosen.words.split(/\s+/).every((word) => row.textContent.toLowerCase().includes(word));

  const status = document.createElement("p");
  status.setAttribute("role", "status");

  const update = () => {
    let shown = 0;
    for (const row of rows) {
      row.hidden = !matches(row);
      shown += !row.hidden;
    }
    status.textContent = `${shown} of ${rows.length} claims`;
  };

  const labelled = (text, control) => {
    const label = document.createElement("label");
    label.append(text, control);
    box.append(label);
  };

  const select = (text, key, name = (value) => value) => {
    const control = document.createElement("select");
    control.append(new Option("all", ""));
    const values = new Set(rows.flatMap((row) => row.dataset[key].split(key === "article" ? " " : "\n")));
    for (const value of values) control.append(new Option(name(value), value));
    control.addEventListener("change", () => {
      chosen[key] = control.value;
      update();
    });
    labelled(text, control);
  };

  select("Verdict", "verdict");
  select("Theme", "chapter", (value) => value.replaceAll("_", " "));
  select("Article", "article");
  const words = document.createElement("input");
  words.type = "search";
  words.addEventListener("input", () => {
    chosen.words = words.value.toLowerCase().trim();
    update();
  });
  labelled("Words", words);
  box.append(status);
  box.hidden = false;
  update();
})();
