import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import packageJson from "./package.json" with { type: "json" };

export default defineConfig({
  base: "/app/",
  define: { __APP_VERSION__: JSON.stringify(packageJson.version) },
  build: { target: "es2022", sourcemap: false, assetsInlineLimit: 0, reportCompressedSize: true },
  plugins: [
    VitePWA({
      // Never a new app under an officer's hands: the update waits until they ask for it.
      registerType: "prompt",
      injectRegister: false,
      includeAssets: ["icon.svg", "icon-192.png", "icon-512.png"],
      manifest: {
        name: "salur petugas",
        short_name: "salur",
        description: "Menyerahkan bantuan tunai kepada keluarga yang berhak.",
        lang: "id",
        start_url: "/app/",
        scope: "/app/",
        display: "standalone",
        orientation: "portrait",
        background_color: "#FBFAF7",
        theme_color: "#FBFAF7",
        icons: [
          { src: "icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icon-512.png", sizes: "512x512", type: "image/png", purpose: "any maskable" },
          { src: "icon.svg", sizes: "any", type: "image/svg+xml" },
        ],
      },
      workbox: {
        globPatterns: ["**/*.{js,css,html,woff2,svg,webmanifest}"],
        navigateFallback: "/app/index.html",
        navigateFallbackAllowlist: [/^\/app\//],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
        skipWaiting: false,
        // The scanner's WebAssembly is 1 MB: fetched once, at enrolment, and kept by its hashed name.
        runtimeCaching: [
          {
            urlPattern: /\/app\/assets\/.*\.wasm$/,
            handler: "CacheFirst",
            options: { cacheName: "scanner", expiration: { maxEntries: 4 } },
          },
        ],
      },
    }),
  ],
  test: { include: ["tests/**/*.test.ts"], environment: "node", restoreMocks: true },
} as Parameters<typeof defineConfig>[0]);
