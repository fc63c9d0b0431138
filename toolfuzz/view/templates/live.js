"use strict";
// Pages are whole without this. It fetches what grows again and puts it in the place of what is there.
(() => {
  const $ = (id) => document.getElementById(id);

  const form = $("choose");
  const chosen = () => {
    const count = form.querySelectorAll("[name=run]:checked").length;
    $("compare").disabled = count < 2;
    $("chosen").textContent = count < 2 ? "Choose two runs or more." : `${count} chosen`;
  };
  if (form) {
    form.addEventListener("change", chosen);
    addEventListener("pageshow", chosen);
    chosen();
  }

  // What the reader has done to a part that is replaced: boxes that are ticked, details that are open,
  // where the keyboard is.
  const keep = (before, after) => {
    const [at] = [document.activeElement].filter((one) => one && before.contains(one));
    for (const box of before.querySelectorAll("input:checked")) {
      const same = [...after.querySelectorAll("input")].find((one) => one.value === box.value);
      if (same) same.checked = true;
    }
    const [open, anew] = [before, after].map((part) => part.querySelectorAll("details"));
    open.forEach((one, n) => { if (anew[n]) anew[n].open = one.open; });
    before.replaceWith(after);
    const named = (one) => one.href || one.value || one.textContent;
    const same = at && [...after.querySelectorAll("a, input, summary")].find((one) => named(one) === named(at));
    if (same) same.focus({ preventScroll: true });
  };

  // The page says where it is read again and how often, as long as there is something to come.
  const main = $("main");
  const parts = () => [...main.querySelectorAll(".live")];
  const seen = new Map(parts().map((part) => [part.id, part.outerHTML]));
  const put = (page) => {
    for (const part of parts()) {
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.outerHTML === seen.get(part.id)) continue;
      seen.set(part.id, fresh.outerHTML);
      keep(part, document.adoptNode(fresh));
    }
    const { live, every } = page.getElementById("main").dataset;
    if (live) Object.assign(main.dataset, { live, every });
    else delete main.dataset.live;
    if (form) chosen();
  };
  const again = async () => {
    if (!main.dataset.live) return;
    let wait = 1000 * main.dataset.every;
    const reading = !document.getSelection().isCollapsed;
    if (!document.hidden && !reading) {
      try {
        const answer = await fetch(main.dataset.live);
        if (!answer.ok) throw new Error(answer.statusText);
        put(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch { wait = 10000; }
    }
    setTimeout(again, wait);
  };
  if (main.dataset.live) setTimeout(again, 1000 * main.dataset.every);
})();
