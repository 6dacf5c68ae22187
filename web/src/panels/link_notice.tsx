import { say } from "../languages";
import { changedSinceLink, linkRemark, saidByLink } from "../state/address";

/** What does not fit of the link that was opened. */
export function LinkNotice() {
  const remark = linkRemark.value;
  if (!remark) return null;
  const changed = changedSinceLink.value;
  const label = (text: string | null) => say(text ?? "no rest point");
  const close = () => { linkRemark.value = null; saidByLink.value = null; changedSinceLink.value = null; };
  return (
    <div class="notice" role="status">
      {remark.otherModel && <p>{say("This link was made for another model, or another edition of this one; what fits is shown.")}</p>}
      {remark.version !== null && <p>{say("This link was made with version {version} of the program.", { version: remark.version })}</p>}
      {remark.unknown.length > 0 && <p>{say("The game has no {names}: ignored.", { names: remark.unknown.join(", ") })}</p>}
      {remark.inForce.length > 0 && <p>{say("The file already has {names} in force: the level in the link is ignored.", { names: remark.inForce.join(", ") })}</p>}
      {remark.unread.length > 0 && <p>{say("Parts of the link could not be read: {parts}.", { parts: remark.unread.join(", ") })}</p>}
      {changed?.length === 0 && <p>{say("Every rest point has the label stated in the link.")}</p>}
      {changed !== null && changed.length > 0 && (
        <>
          <p>{say("Differences from the link:")}</p>
          <ul>{changed.map((c) => <li key={c.id}>{say("{id} was {before}, is {now}", { id: c.id, before: label(c.before), now: label(c.now) })}</li>)}</ul>
        </>
      )}
      <button onClick={close}>{say("Close")}</button>
    </div>
  );
}
