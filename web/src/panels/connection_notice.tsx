// What the page says when the server is gone, and when it is back.
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../languages";
import { askAlive, connection, home, online } from "../server/client";

/** Milliseconds between two questions: while all is well, and while the server does not answer. */
const CALM = 20_000;
const ANXIOUS = 2_000;
/** How long the page says that the server is back. */
const GLAD = 5_000;

export function ConnectionNotice() {
  const state = connection.value;
  const before = useRef(state);
  const [back, setBack] = useState(false);
  useEffect(() => {
    if (!online) return undefined;
    const timer = setInterval(() => { if (!document.hidden) void askAlive(); }, state === "up" ? CALM : ANXIOUS);
    return () => { clearInterval(timer); };
  }, [state]);
  useEffect(() => {
    const returned = state === "up" && (before.current === "gone" || before.current === "locked");
    before.current = state;
    setBack(returned);
    if (!returned) return undefined;
    const timer = setTimeout(() => setBack(false), GLAD);
    return () => { clearTimeout(timer); };
  }, [state]);
  const told = state === "gone"
    ? say("The server does not respond. Results computed in the page continue; everything else waits until it is back.")
    : state === "locked" && home ? say("You have been logged out. Log in again in another tab; this page then continues automatically.")
    : state === "locked" ? say("The server was restarted. Open the address that it printed; this page then continues automatically.")
      : back ? say("The server is back.") : null;
  // The region is always there, so that a screen reader hears what appears in it.
  return <div role="status">{told && <p class={`notice ${back ? "" : "wrong-notice"}`}>{told}</p>}</div>;
}
