// Pages of the cluster that are a document alone: the answers to ten questions, and what its game rests on.
import { say } from "../../languages";
import { PartPage } from "./part";

export function BriefPage() {
  return <PartPage name="brief" title={say("Ten questions, answered")} />;
}

export function CalibrationPage() {
  return <PartPage name="calibration" title={say("Game calibrated from the tables")} />;
}
