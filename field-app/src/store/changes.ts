/** Who looks at the store is told when it has changed, by topic. */

export type Topic = "language" | "vault" | "identity" | "worklist" | "progress" | "outbox" | "sync";

const listeners = new Map<Topic, Set<() => void>>();

export function onChange(topics: readonly Topic[], listener: () => void): () => void {
  for (const topic of topics) {
    const set = listeners.get(topic) ?? new Set();
    set.add(listener);
    listeners.set(topic, set);
  }
  return () => {
    for (const topic of topics) listeners.get(topic)?.delete(listener);
  };
}

export function changed(...topics: Topic[]): void {
  const all = new Set(topics.flatMap((topic) => [...(listeners.get(topic) ?? [])]));
  for (const listener of all) listener();
}
