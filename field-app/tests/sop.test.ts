import { describe, expect, it } from "vitest";
import {
  currentStep,
  faceBranch,
  handedOverBody,
  inDoubt,
  mayHandOver,
  nextAsk,
  openAsks,
  payersPart,
  planWalk,
  draw,
  drawAll,
  readSteps,
  reviewWalk,
  slotOf,
  verifiersPart,
  walkOf,
  withCollector,
  withMissing,
  procedureFor,
  readSop,
  stagesOf,
  verificationBody,
  type Facts,
  type FaceTry,
  type Progress,
  type Recorded,
} from "../src/domain/sop";
import { fresh, photo, SITIS_VISIT } from "./cast";
import { golden } from "./golden";

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
    expect(nextAsk("documents", progress, counter)?.name).toBe("ktp");
    progress = { ...progress, documents: { ktp: photo("1", "ktp") } };
    expect(nextAsk("documents", progress, counter)?.name).toBe("kk");
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
    expect(stagesOf(walkOf(fresh(), counter))).toEqual([
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
      documents: { ktp: photo("1", "ktp"), kk: photo("2", "kk") },
      collector: { person_id: "x", name: "AHMAD RIFAI", relation: "child" },
    };
    expect(nextAsk("documents", progress, counter)?.name).toBe("authority");
    const given = { ...progress, authority: photo("4", "authority") };
    expect(nextAsk("documents", given, counter)).toBeNull();
  });

  it("ask for two cards of one kind one after the other, and keep both", () => {
    const both = {
      id: "post_office/2",
      steps: readSteps([{ code: "documents", asks: [{ any_of: ["ktp"], at_least: 2 }] }]),
    };
    const one: Progress = { ...fresh(), documents: { ktp: photo("1", "ktp") } };
    expect(nextAsk("documents", one, both)?.name).toBe("ktp");
    expect(slotOf(one, "ktp")).toBe("ktp:2");
    const two = { ...one, documents: { ...one.documents, "ktp:2": photo("2", "ktp") } };
    expect(nextAsk("documents", two, both)).toBeNull();
  });

  it("go on without a picture only with a reason, which is signed", () => {
    const start = { ...fresh(), letterAccepted: true, documents: { ktp: photo("1", "ktp") } };
    expect(currentStep(start, counter)).toBe("documents");
    const silent = withMissing(start, { step: "documents", evidence: "kk", reason: "other" });
    expect(currentStep(silent, counter)).toBe("documents");
    const told = withMissing(silent, { step: "documents", evidence: "kk", reason: "no_document" });
    expect(currentStep(told, counter)).toBe("face");
    expect(told.missing).toHaveLength(1);
    expect(verificationBody(told, "face", null, null).missing).toEqual(told.missing);
  });

  it("forget what was taken of one collector when another one comes", () => {
    const before = withMissing(
      { ...fresh(), authority: photo("4", "authority"), faces: [tried("match")] },
      { step: "face", evidence: "face", reason: "refused" },
    );
    const after = withCollector(before, { person_id: "y", name: "B", relation: "spouse" });
    expect([after.authority, after.faces, after.missing]).toEqual([null, [], []]);
  });

  it("are split into the verifier's part and the payer's", () => {
    const walk = walkOf(fresh(), counter);
    expect(verifiersPart(walk).map((s) => s.code)).toEqual(["letter", "documents", "face"]);
    expect(payersPart(walk)[0]?.code).toBe("hand_over");
  });
});

interface GoldenSop {
  key: string;
  procedures: { id: string; steps: unknown[] }[];
  draws: { visit: string; procedure: string; kind: string; draw: number }[];
  cases: {
    procedure: number;
    visit: string;
    key: string | null;
    facts: Facts;
    recorded: Recorded;
    expected: {
      walk: [string, [string[], number, boolean][]][];
      verifier: string[];
      payer: string[];
      open: string[];
      review: string[];
    };
  }[];
}

describe("the contract of procedures", () => {
  const { key, procedures, draws, cases } = golden<GoldenSop>("sop");

  it("asks and reviews every family as the server does", async () => {
    expect(cases.length).toBeGreaterThanOrEqual(300);
    for (const one of cases) {
      const { id, steps } = procedures[one.procedure]!;
      const procedure = { id, steps: readSteps(steps) };
      const drawn = await drawAll(procedure, one.visit, one.key);
      const walk = planWalk(procedure, one.facts, drawn);
      expect(
        {
          walk: walk.map((s) => [s.code, s.asks.map((a) => [a.anyOf, a.atLeast, a.tick])]),
          verifier: verifiersPart(walk).map((s) => s.code),
          payer: payersPart(walk).map((s) => s.code),
          open: openAsks(walk, one.recorded).map((ask) => ask.name),
          review: reviewWalk(walk, one.recorded),
        },
        one.visit,
      ).toEqual(one.expected);
    }
  });

  it("photographs the same random tenth as the server finds", async () => {
    for (const row of draws) {
      expect(await draw(key, row.visit, row.procedure, row.kind)).toBe(row.draw);
    }
    expect(await draw(null, "visit", "post_office/2", "ktp")).toBe(0);
  });
});

describe("a face", () => {
  it("that matches is paid", () => {
    expect(faceBranch(withFaces("match"), true, counter)).toEqual({ kind: "pay", method: "face" });
  });

  it("in doubt needs a witness, and is paid", () => {
    expect(faceBranch(withFaces("review"), true, counter)).toMatchObject({ kind: "witness" });
  });

  it("that is not clear may be taken three times, then a person helps: it never ends open", () => {
    expect(faceBranch(withFaces(), true, counter)).toEqual({ kind: "capture", triesLeft: 3 });
    const twice = withFaces("capture_again", "capture_again");
    expect(faceBranch(twice, true, counter)).toEqual({ kind: "capture", triesLeft: 1 });
    const thrice = withFaces("capture_again", "capture_again", "capture_again");
    expect(faceBranch(thrice, true, counter)).toMatchObject({
      kind: "witness",
      reason: "not_matched",
    });
  });

  it("without a reference is enrolled before a witness", () => {
    const branch = faceBranch(withFaces("review"), false, counter);
    expect(branch).toMatchObject({ kind: "witness", method: "enrolment" });
  });

  it("without a network is compared with the ID card", () => {
    const branch = faceBranch(withFaces("unchecked"), true, counter);
    expect(branch).toEqual({ kind: "compare", method: "document" });
  });

  it("of a proxy is never taken for the recipient's", () => {
    const proxy = {
      ...withFaces("match"),
      collector: { person_id: "x", name: "A", relation: "child" },
    };
    expect(faceBranch(proxy, true, counter)).toMatchObject({ kind: "witness", method: "proxy" });
  });

  it("that no camera could take leads to a witness", () => {
    const branch = faceBranch(
      withMissing(fresh(), { step: "face", evidence: "face", reason: "camera_broken" }),
      true,
      counter,
    );
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
