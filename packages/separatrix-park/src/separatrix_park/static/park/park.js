// What the pages do beside HTML and HTMX: the menu of a phone, errors that come by HTMX, forms left half filled.
// Every page works without it.
"use strict";

document.documentElement.classList.add("scripted");

/** The menu of a phone opens and closes by its button; Escape closes it. */
function menu() {
  const head = document.querySelector(".head");
  const toggle = head?.querySelector(".menu-toggle");
  if (!toggle) return;
  const show = (open) => {
    head.classList.toggle("open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => { show(!head.classList.contains("open")); });
  head.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && head.classList.contains("open")) { show(false); toggle.focus(); }
  });
}

/** What folds out of the navigation folds in again when the keyboard or the pointer leaves it. */
function more() {
  for (const folded of document.querySelectorAll("details.more")) {
    folded.addEventListener("focusout", (e) => { if (e.relatedTarget && !folded.contains(e.relatedTarget)) folded.open = false; });
    folded.addEventListener("keydown", (e) => {
      if (e.key === "Escape" && folded.open) { folded.open = false; folded.querySelector("summary").focus(); e.stopPropagation(); }
    });
    document.addEventListener("click", (e) => { if (!folded.contains(e.target)) folded.open = false; });
  }
}

/** Says in the page's own notice that an answer did not come; the sentences stand in the page, in its language. */
function trouble() {
  const notice = document.getElementById("trouble");
  if (!notice) return;
  const tell = (kind) => {
    notice.textContent = notice.dataset[kind] ?? notice.dataset.failed;
    notice.hidden = false;
  };
  document.body.addEventListener("htmx:sendError", () => { tell("unreachable"); });
  document.body.addEventListener("htmx:timeout", () => { tell("unreachable"); });
  document.body.addEventListener("htmx:responseError", (e) => {
    const status = e.detail.xhr.status;
    tell({ 401: "refused", 403: "refused", 413: "large", 429: "often", 503: "busy" }[status] ?? "failed");
  });
  document.body.addEventListener("htmx:beforeRequest", () => { notice.hidden = true; });
}

/** A form marked data-guard asks before it is left with what was typed in it. */
function guards() {
  let typed = false;
  document.addEventListener("input", (e) => { if (e.target.closest?.("form[data-guard]")) typed = true; });
  document.addEventListener("submit", () => { typed = false; });
  window.addEventListener("beforeunload", (e) => { if (typed) e.preventDefault(); });
}

/** A choice marked data-submit sends its form at once; without script the form has a button for it. */
function choices() {
  document.addEventListener("change", (e) => {
    if (e.target.matches?.("select[data-submit]")) e.target.form.requestSubmit();
  });
  for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
}

/** Buttons marked data-copy put a text on the clipboard, and say so; data-print prints. */
function buttons() {
  document.addEventListener("click", async (e) => {
    const button = e.target.closest?.("button[data-copy], button[data-print]");
    if (!button) return;
    if (button.dataset.print !== undefined) return void window.print();
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      button.textContent = button.dataset.copied ?? button.textContent;
    } catch {
      getSelection().selectAllChildren(source); // the clipboard is only there over https: have it marked instead
    }
  });
}

/** The first field with an error has the keyboard, so that a reader of the screen hears of it. */
function firstError() {
  document.querySelector("main [aria-invalid='true']")?.focus();
}

menu();
more();
trouble();
guards();
choices();
buttons();
firstError();
