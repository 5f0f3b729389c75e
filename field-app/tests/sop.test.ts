import { describe, expect, it } from "vitest";
import {
  currentStep,
  faceBranch,
  handedOverBody,
  inDoubt,
  mayHandOver,
  nextDocument,
  procedureFor,
  readSop,
  stagesOf,
  verificationBody,
  type FaceTry,
  type Progress,
} from "../src/domain/sop";
import { fresh, photo, SITIS_VISIT } from "./cast";

const sop = readSop({
  version: "1",
  channels: {
    post_office: {
      id: "post_office/1",
      steps: ["letter", "documents", "face", "hand_over", "recipient_photo", "receipt_mark"].map(
        (code) => ({ code, evidence: code === "documents" ? ["ktp", "kk"] : [] }),
      ),
    },
    doorstep: {
      id: "doorstep/2",
      steps: [{ code: "letter" }, { code: "face" }, { code: "house" }, { code: "weigh_the_goat" }],
    },
  },
});
const counter = procedureFor(sop, "post_office");

const tried = (verdict: FaceTry["verdict"]): FaceTry => ({
  evidence: photo("f"),
  verdict,
  score_milli: 400,
  reasons: [],
  ticket: null,
});
const withFaces = (...verdicts: FaceTry["verdict"][]): Progress => ({
  ...fresh(),
  faces: verdicts.map(tried),
});

describe("the steps of a hand-over", () => {
  it("are walked in the order that the server gives, one at a time", () => {
    let progress = fresh();
    expect(currentStep(progress, counter)).toBe("letter");
    progress = { ...progress, letterAccepted: true };
    expect(nextDocument(progress, counter)).toBe("ktp");
    progress = { ...progress, documents: { ktp: photo("1", "ktp") } };
    expect(nextDocument(progress, counter)).toBe("kk");
    expect(mayHandOver(progress, counter)).toBe(false);
    progress = { ...progress, documents: { ...progress.documents, kk: photo("2", "kk") } };
    expect(currentStep(progress, counter)).toBe("face");
    progress = { ...progress, verification: { event: "v", method: "face", verdict: "match" } };
    expect(mayHandOver(progress, counter)).toBe(true);
    expect(currentStep(progress, counter)).toBe("hand_over");
    progress = { ...progress, begun: "b", counted: true };
    expect(currentStep(progress, counter)).toBe("recipient_photo");
    progress = { ...progress, photo: photo("3", "recipient_photo") };
    expect(currentStep(progress, counter)).toBe("receipt_mark");
    progress = { ...progress, handedOver: "h" };
    expect(currentStep(progress, counter)).toBe("receipt");
  });

  it("always lead past the hand-over and end in a receipt, whatever the data leave out", () => {
    const doorstep = procedureFor(sop, "doorstep");
    const codes = doorstep.steps.map((step) => step.code);
    expect(codes).toEqual(["letter", "face", "house", "hand_over", "receipt_mark", "receipt"]);
    expect(procedureFor(sop, "boat").steps.at(-1)?.code).toBe("receipt");
  });

  it("that this app does not know are named, not swallowed", () => {
    expect(sop.unknown).toEqual(["weigh_the_goat"]);
  });

  it("are six stages to the officer", () => {
    expect(stagesOf(counter)).toEqual([
      "letter",
      "documents",
      "face",
      "hand_over",
      "proof",
      "receipt",
    ]);
  });

  it("ask a proxy for a power of attorney too", () => {
    const progress: Progress = {
      ...fresh(),
      documents: { ktp: photo("1"), kk: photo("2") },
      collector: { person_id: "x", name: "AHMAD RIFAI", relation: "child" },
    };
    expect(nextDocument(progress, counter)).toBe("authority");
    expect(nextDocument({ ...progress, authority: photo("4") }, counter)).toBeNull();
  });

  it("go on without a picture where there is no camera", () => {
    const progress = { ...fresh(), letterAccepted: true, skipped: ["ktp", "kk"] };
    expect(currentStep(progress, counter)).toBe("face");
  });
});

describe("a face", () => {
  it("that matches is paid", () => {
    expect(faceBranch(withFaces("match"), true)).toEqual({ kind: "pay", method: "face" });
  });

  it("in doubt needs a witness, and is paid", () => {
    expect(faceBranch(withFaces("review"), true)).toMatchObject({ kind: "witness" });
  });

  it("that is not clear may be taken three times, then a person helps: it never ends open", () => {
    expect(faceBranch(withFaces(), true)).toEqual({ kind: "capture", triesLeft: 3 });
    const twice = withFaces("capture_again", "capture_again");
    expect(faceBranch(twice, true)).toEqual({ kind: "capture", triesLeft: 1 });
    const thrice = withFaces("capture_again", "capture_again", "capture_again");
    expect(faceBranch(thrice, true)).toMatchObject({ kind: "witness", reason: "not_matched" });
  });

  it("without a reference is enrolled before a witness", () => {
    const branch = faceBranch(withFaces("review"), false);
    expect(branch).toMatchObject({ kind: "witness", method: "enrolment" });
  });

  it("without a network is compared with the ID card", () => {
    const branch = faceBranch(withFaces("unchecked"), true);
    expect(branch).toEqual({ kind: "compare", method: "document" });
  });

  it("of a proxy is never taken for the recipient's", () => {
    const proxy = {
      ...withFaces("match"),
      collector: { person_id: "x", name: "A", relation: "child" },
    };
    expect(faceBranch(proxy, true)).toMatchObject({ kind: "witness", method: "proxy" });
  });

  it("that no camera could take leads to a witness", () => {
    const branch = faceBranch({ ...fresh(), skipped: ["face"] }, true);
    expect(branch).toMatchObject({ kind: "witness", reason: "no_picture" });
  });
});

describe("what is signed", () => {
  it("names the documents seen and every picture taken of them", () => {
    const progress = {
      ...withFaces("match"),
      documents: { ktp: photo("1", "ktp"), kk: photo("2", "kk") },
    };
    const body = verificationBody(progress, "face", null, null);
    expect(body.documents).toEqual(["ktp", "kk"]);
    expect(body.evidence.map((file) => file.sha256[0])).toEqual(["1", "2", "f"]);
    expect(body).not.toHaveProperty("ticket");
  });

  it("is always the full amount, for every payment of the visit", () => {
    const progress: Progress = {
      ...fresh(),
      begun: "b",
      verification: { event: "v", method: "face", verdict: "match" },
    };
    const body = handedOverBody(progress, SITIS_VISIT, "signature", photo("5"), null);
    expect(body.total).toBe(825_000);
    expect(body.payments.reduce((sum, payment) => sum + payment.amount, 0)).toBe(body.total);
  });

  it("is refused where nothing was begun or nobody was verified", () => {
    expect(() => handedOverBody(fresh(), SITIS_VISIT, "signature", null, null)).toThrow();
  });

  it("leaves a hand-over in doubt until it is ended", () => {
    expect(inDoubt({ ...fresh(), begun: "b" })).toBe(true);
    expect(inDoubt({ ...fresh(), begun: "b", handedOver: "h" })).toBe(false);
  });
});
