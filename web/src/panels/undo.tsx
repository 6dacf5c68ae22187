// Undo and redo, by buttons and by keys.
import { say } from "../languages";
import { canRedo, canUndo, redo, undo } from "../state/store";

export function UndoRedo() {
  return (
    <div class="group" role="group" aria-label={say("Undo and redo")}>
      <button onClick={undo} disabled={!canUndo.value} title={say("Undo (Ctrl+Z)")} aria-label={say("Undo")}>↶</button>
      <button onClick={redo} disabled={!canRedo.value} title={say("Redo (Ctrl+Shift+Z)")} aria-label={say("Redo")}>↷</button>
    </div>
  );
}

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, except where somebody types: there they undo what was typed. */
export function undoByKeys(e: KeyboardEvent): void {
  if (!(e.ctrlKey || e.metaKey) || e.altKey) return;
  const at = e.target as HTMLElement;
  const typing = at.isContentEditable || at.tagName === "TEXTAREA"
    || (at instanceof HTMLInputElement && at.type !== "range" && at.type !== "checkbox");
  if (typing) return;
  const key = e.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  e.preventDefault();
  if (key === "y" || e.shiftKey) redo();
  else undo();
}
