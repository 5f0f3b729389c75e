/** Screens read the store, and read again when what they show has changed. */

import { useEffect, useReducer, useState } from "preact/hooks";
import { onChange, type Topic } from "../store/changes";

/** The value of `read`, undefined until the first reading has ended. */
export function useLive<T>(
  read: () => Promise<T> | T,
  topics: readonly Topic[],
  dependencies: readonly unknown[] = [],
): T | undefined {
  const [value, setValue] = useState<{ readonly of: T } | undefined>(undefined);
  useEffect(() => {
    let wanted = 0;
    let mounted = true;
    const again = (): void => {
      const mine = ++wanted;
      void Promise.resolve(read()).then((found) => {
        if (mounted && mine === wanted) setValue({ of: found });
      });
    };
    again();
    const stop = onChange(topics, again);
    return () => {
      mounted = false;
      stop();
    };
  }, dependencies);
  return value?.of;
}

/** Draws again when one of the topics has changed. */
export function useTopics(topics: readonly Topic[]): void {
  const [, redraw] = useReducer((count: number, _action: void) => count + 1, 0);
  useEffect(() => onChange(topics, () => redraw()), []);
}
