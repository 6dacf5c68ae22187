import { say } from "./languages";
import { PAGES } from "./pages";
import { Levers } from "./panels/levers";
import { change, language, model, view } from "./state/store";

export function App() {
  const open = PAGES.find((p) => p.id === view.value.page) ?? PAGES[0]!;
  const Shown = open.component;
  return (
    <>
      <header>
        <h1>{model.value?.title}</h1>
        <select aria-label={say("Language")} value={language.value}
          onChange={(e) => { language.value = e.currentTarget.value; document.documentElement.lang = language.value; }}>
          <option value="en">English</option>
          <option value="zh">中文</option>
        </select>
      </header>
      <nav>
        {PAGES.map((p) => (
          <button key={p.id} aria-current={p === open ? "page" : undefined} onClick={() => change({ page: p.id })}>
            {say(p.title)}
          </button>
        ))}
      </nav>
      <main>
        <Levers />
        <Shown />
      </main>
    </>
  );
}
