// The frame: head, tabs, levers beside the page.
import { computed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { LANGUAGES, say } from "./languages";
import { COMPANIONS, NOTICES, PAGES, TOOLS, type Page } from "./pages";
import { Levers } from "./panels/levers";
import { UndoRedo, undoByKeys } from "./panels/undo";
import { home } from "./server/client";
import { cluster } from "./state/cluster";
import { change, language, model, view } from "./state/store";

/** Tabs: one of them can be reached by Tab, the arrows go on from it. */
function Tabs({ pages, open }: { pages: Page[]; open: Page }) {
  const move = (e: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (step === undefined) return;
    e.preventDefault();
    const next = pages[(pages.indexOf(open) + step + pages.length) % pages.length]!;
    change({ page: next.id });
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={say("Pages")} onKeyDown={move}>
      {pages.map((p) => (
        <button key={p.id} id={`tab-${p.id}`} role="tab" aria-selected={p === open} aria-controls="page"
          tabIndex={p === open ? 0 : -1} onClick={() => { if (p !== open) change({ page: p.id }); }}>
          {say(p.title)}
        </button>
      ))}
    </div>
  );
}

/** In which language the page speaks, the game's own names included where it has them. */
function LanguageChoice() {
  return (
    <select aria-label={say("Language")} value={language.value}
      onChange={(e) => { language.value = e.currentTarget.value; }}>
      {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
    </select>
  );
}

/** By itself: a lever that moves changes the view many times a second, and the frame need not be drawn anew. */
const pageShown = computed(() => view.value.page);

export function App() {
  const pages = PAGES.filter((p) => (p.needs === "game" ? model.value : cluster.value) !== null);
  const open = pages.find((p) => p.id === pageShown.value) ?? pages[0];
  const title = cluster.value?.name ?? model.value?.title ?? "Separatrix";
  useEffect(() => {
    document.title = title;
    document.documentElement.lang = language.value;
  }, [title, language.value]);
  useEffect(() => {
    document.addEventListener("keydown", undoByKeys);
    return () => document.removeEventListener("keydown", undoByKeys);
  }, []);
  const Shown = open?.component;
  return (
    <>
      <a class="skip" href="#page" onClick={(e) => { e.preventDefault(); document.getElementById("page")?.focus(); }}>
        {say("Skip to the page")}
      </a>
      <header>
        {home && <a class="home" href={home}>← {say("The park")}</a>}
        <h1 title={cluster.value?.place ?? model.value?.source ?? undefined}>{title}</h1>
        <UndoRedo />
        {TOOLS.map((Tool, k) => <Tool key={k} />)}
        <LanguageChoice />
      </header>
      {NOTICES.map((Notice, k) => <Notice key={k} />)}
      {open && pages.length > 0 && <Tabs pages={pages} open={open} />}
      <main class={open && !open.alone ? "with-levers" : undefined}>
        <div id="page" class="page" role="tabpanel" tabIndex={-1} aria-labelledby={open && `tab-${open.id}`}>
          {Shown && <Shown />}
          {COMPANIONS.filter((c) => open && c.pages.includes(open.id)).map(({ component: Beside }, k) => <Beside key={k} />)}
        </div>
        {open && !open.alone && <Levers />}
      </main>
    </>
  );
}
