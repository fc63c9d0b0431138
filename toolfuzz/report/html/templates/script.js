"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;

  const button = $("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => { try { return localStorage.getItem("toolfuzz-theme"); } catch { return null; } };
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const label = () => { button.textContent = dark() ? "Light" : "Dark"; };
  const stored = remembered();
  if (stored === "dark" || stored === "light") root.dataset.theme = stored;
  button.hidden = false;
  label();
  system.addEventListener("change", label);
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    try { localStorage.setItem("toolfuzz-theme", root.dataset.theme); } catch { /* not kept */ }
    label();
  });

  const form = $("filters");
  const items = form ? [...document.querySelectorAll("#list > .failure")] : [];
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };
  const wanted = () => [...new FormData(form)].filter(([, value]) => value.trim());

  const matches = (item, filters) => filters.every(([name, value]) =>
    name === "q"
      ? value.toLowerCase().trim().split(/\s+/).every((word) => textOf(item).includes(word))
      : item.dataset[name].split("\n").includes(value));

  const apply = () => {
    const filters = wanted();
    let count = 0;
    for (const item of items) {
      item.hidden = !matches(item, filters);
      if (!item.hidden) count += 1;
    }
    $("matches").textContent = filters.length ? `${count} of ${items.length}` : `${items.length} shown`;
    $("none").hidden = count > 0;
  };

  const remember = () => {
    const query = new URLSearchParams(wanted()).toString();
    history.replaceState(null, "", query ? `#${query}` : "#failures");
  };

  const set = (query) => {
    const values = new URLSearchParams(query);
    for (const field of form.elements) {
      if (!field.name) continue;
      field.value = values.get(field.name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
    apply();
  };

  const follow = () => {
    const hash = location.hash.slice(1);
    if (!form || !hash) return;
    if (hash.includes("=")) {
      set(hash);
      $("failures").scrollIntoView();
      return;
    }
    const target = $(hash);
    const failure = target && target.closest(".failure");
    if (!failure) return;
    if (failure.hidden) set("");
    failure.open = true;
    failure.scrollIntoView();
  };

  if (form) {
    form.hidden = false;
    let timer = 0;
    const changed = () => { apply(); remember(); };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(changed, 120); });
    form.addEventListener("reset", () => setTimeout(changed));
    form.addEventListener("submit", (event) => event.preventDefault());
    apply();
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-filter]");
      if (!link) return;
      event.preventDefault();
      location.hash = link.dataset.filter;
    });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      form.elements.q.focus();
    });
    addEventListener("hashchange", follow);
    follow();
  }
})();
