import { LANGUAGES, say } from "../languages";
import { language } from "../state/store";

/** In which language the page speaks, the game's own names included where it has them. */
export function LanguageChoice() {
  return (
    <select aria-label={say("Language")} value={language.value}
      onChange={(e) => { language.value = e.currentTarget.value; }}>
      {Object.entries(LANGUAGES).map(([code, name]) => <option key={code} value={code} lang={code}>{name}</option>)}
    </select>
  );
}
