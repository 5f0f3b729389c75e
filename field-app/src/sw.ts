/** The app's own copy for days without a network. Handles reading only: no POST ever passes here. */

import { clientsClaim } from "workbox-core";
import {
  addPlugins,
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  precacheAndRoute,
  type PrecacheEntry,
} from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";

declare const self: {
  readonly __WB_MANIFEST: (PrecacheEntry | string)[];
  skipWaiting: () => Promise<void>;
  addEventListener: (type: "message", listener: (event: MessageEvent) => void) => void;
};

// A file is the same for everybody. Without this, a server that says `Vary: Accept-Language` would
// make the copy unfindable for a phone whose language was changed: an app that is gone offline.
addPlugins([{ cacheKeyWillBeUsed: async ({ request }) => new Request(request.url) }]);
precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();

registerRoute(
  new NavigationRoute(createHandlerBoundToURL("/app/index.html"), { allowlist: [/^\/app\//] }),
);

// The scanner's WebAssembly is 1 MB: fetched once, at enrolment, and kept by its hashed name.
registerRoute(
  ({ url }) => url.pathname.startsWith("/app/assets/") && url.pathname.endsWith(".wasm"),
  new CacheFirst({ cacheName: "scanner", matchOptions: { ignoreVary: true } }),
);

clientsClaim();

// Only when the officer asks for it: never a new app with cash on the table.
self.addEventListener("message", (event) => {
  if ((event.data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});
