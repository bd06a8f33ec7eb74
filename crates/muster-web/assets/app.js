// Only what HTML cannot do yet: dialogs in browsers without invoker commands, keys in lists, ticks, a typed number.
// Every page works without it.
"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];

  document.addEventListener("click", (event) => {
    if (!("command" in HTMLButtonElement.prototype)) {
      const button = event.target.closest("[commandfor]");
      const dialog = button && document.getElementById(button.getAttribute("commandfor"));
      if (dialog) button.getAttribute("command") === "close" ? dialog.close() : dialog.showModal();
    }
  });

  // Ticks of a plan: the box of a group ticks its rows; the button names how many are ticked.
  const count = () => {
    const button = document.querySelector("[data-ticked]");
    if (!button) return;
    const ticked = all("td.tick input[name=op]:checked").length;
    button.textContent = button.dataset.ticked.replace("#", String(ticked));
  };
  document.addEventListener("change", (event) => {
    const group = event.target.closest("[data-tick-group]");
    if (group) for (const box of group.closest("tbody").querySelectorAll("td.tick input")) box.checked = group.checked;
    if (event.target.closest("td.tick, [data-tick-group]")) count();
    if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
  });
  for (const box of all("[data-tick-group]")) box.hidden = false;
  count();
  // A page of a run is notified when it is out of date. It loads itself again only if it waits for that; a person who reads is
  // never interrupted. A hidden page gives its connection back.
  const live = document.querySelector("[data-live]");
  const shown = (id, isShown) => {
    document.getElementById(id).hidden = !isShown;
    const decide = document.getElementById("decide");
    if (decide) decide.inert = isShown;
  };
  let events, lost;
  const follow = () => {
    events?.close();
    if (document.hidden) return;
    events = new EventSource(live.dataset.live);
    events.addEventListener("changed", () => {
      events.close();
      if ("liveWaits" in live.dataset) location.reload();
      else shown("outdated", true);
    });
    events.addEventListener("progress", ({ data }) => {
      const stages = document.getElementById("stages");
      const name = () => stages.querySelector(".now b")?.textContent ?? "";
      const before = name();
      stages.innerHTML = data;
      // Screen readers hear of a new stage, not of each count.
      if (name() !== before) document.getElementById("stage").textContent = name();
    });
    events.addEventListener("open", () => {
      clearTimeout(lost);
      lost = undefined;
      if (!document.getElementById("offline").hidden) shown("offline", false);
    });
    events.addEventListener("error", () => { lost ??= setTimeout(() => shown("offline", true), 10000); });
  };
  if (live) {
    document.addEventListener("visibilitychange", follow);
    follow();
  }
  // A typed number unlocks a button: data-unlock="id" data-expect="2394".
  document.addEventListener("input", (event) => {
    const field = event.target.closest("[data-unlock]");
    if (field) document.getElementById(field.dataset.unlock).disabled = field.value.replace(/\D/g, "") !== field.dataset.expect;
  });
  for (const field of all("[data-unlock]")) document.getElementById(field.dataset.unlock).disabled = true;

  // Keys in lists: j and k move, x ticks, Enter opens, a and r open the approval and the rejection, / searches, g and a letter
  // goes, ? shows the keys.
  let at = -1;
  let leader = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea, dialog")) return;
    const rows = all("[data-keys] tbody > tr:not(:has(> th[colspan])), ul[data-keys] > li");
    const go = (next) => {
      rows[at]?.classList.remove("at");
      at = Math.max(0, Math.min(rows.length - 1, next));
      rows[at]?.classList.add("at");
      rows[at]?.scrollIntoView({ block: "nearest" });
    };
    if (leader) { leader = false; document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click(); return; }
    if (event.key === "g") leader = true;
    else if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if (event.key === "x") rows[at]?.querySelector("td.tick input")?.click();
    else if (event.key === "a") document.querySelector(document.querySelector("td.tick input:checked") ? "[data-ticked]" : "[data-approve]")?.click();
    else if (event.key === "r") document.querySelector("[data-reject]")?.click();
    else if (event.key === "Enter" && at >= 0 && event.target === document.body) rows[at]?.querySelector("a")?.click();
    else if (event.key === "/") { document.querySelector("main input[type=search]")?.focus(); event.preventDefault(); }
    else if (event.key === "?") document.getElementById("keys")?.showModal();
  });
})();
