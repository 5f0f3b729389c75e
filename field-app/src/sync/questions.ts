/** A doubtful face asked of a person in the office, and what they say. */

import { base64url } from "../domain/encoding";
import { readEvidence } from "../store/evidence";
import { getJson, postJson } from "./api";

export interface FaceWord {
  readonly question: string;
  readonly answer: "" | "same" | "different" | "unclear";
  readonly answeredBy: string;
  readonly expires: string;
  readonly serverTime: string;
}

const ANSWERS = ["same", "different", "unclear"] as const;

function readWord(answer: Record<string, unknown>): FaceWord {
  const said = ANSWERS.find((one) => one === answer["answer"]);
  return {
    question: String(answer["question"] ?? ""),
    answer: said ?? "",
    answeredBy: String(answer["answered_by"] ?? ""),
    expires: String(answer["expires"] ?? ""),
    serverTime: String(answer["server_time"] ?? ""),
  };
}

/** Throws Refused or Unreachable; asked again for the same photo it is the same question. */
export async function askAboutFace(
  visit: string,
  person: string,
  sha256: string,
): Promise<FaceWord> {
  const kept = await readEvidence(sha256);
  if (!kept?.bytes) throw new Error("the picture is not on this phone");
  const image = base64url(new Uint8Array(kept.bytes));
  return readWord(await postJson("/faces/ask", { visit_id: visit, person_id: person, image }));
}

export async function hearAboutFace(question: string): Promise<FaceWord> {
  return readWord(await getJson(`/faces/ask/${question}`));
}
