// What the page says while the first model is being read, and where that cannot be.
import { say } from "../../languages";
import { beginning } from "../../server/models";
import { Fault } from "./fault";

export function BeginNotice() {
  const now = beginning.value;
  return (
    <div role="status">
      {now === "reading" && <p class="notice">{say("Reading the model …")}</p>}
      {now !== null && now !== "reading" && <div class="begin-fault"><Fault problem={now} /></div>}
    </div>
  );
}
