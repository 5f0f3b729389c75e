/** The standard procedure: steps that come from the server, walked one at a time. */

export * from "./handover";
export * from "./reading";
export * from "./walk";
