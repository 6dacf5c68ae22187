// The published games that come with the program.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../../languages";
import { examples, type Example } from "../../server/models";
import { language } from "../../state/store";

const listed = signal<{ language: string; games: Example[] } | "failed" | null>(null);
const sought = signal("");

/** The games in which every word that was typed is found. */
export function found(games: Example[], words: string): Example[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return games.filter((game) => {
    const text = `${game.name} ${game.title} ${game.source} ${game.size}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export function Catalogue({ busy, choose }: { busy: boolean; choose: (name: string) => void }) {
  const now = listed.value;
  useEffect(() => {
    const of = language.value;
    if (now !== null && now !== "failed" && now.language === of) return;
    examples(of).then((games) => { listed.value = { language: of, games }; }, () => { listed.value = "failed"; });
  }, [language.value]);
  if (now === "failed") return <p class="wrong">{say("The list of games could not be loaded from the server.")}</p>;
  if (now === null) return <p role="status">{say("Reading the list of games …")}</p>;
  const games = found(now.games, sought.value);
  return (
    <>
      <label class="open-search">
        {say("Search the {count} published games", { count: now.games.length })}
        <input type="search" value={sought.value} onInput={(e) => { sought.value = e.currentTarget.value; }} />
      </label>
      <p role="status" class="meaning">{busy ? say("Reading …") : say("{count} games", { count: games.length })}</p>
      <ul class="plain open-list">
        {games.map((game) => (
          <li key={game.name}>
            <button disabled={busy} onClick={() => choose(game.name)}>
              <span class="name">{game.title}</span>
              <span class="meaning">{game.size} · {game.source}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
