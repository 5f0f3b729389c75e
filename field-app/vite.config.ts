import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import lock from "../src/salur/identity/models.lock.json" with { type: "json" };
import packageJson from "./package.json" with { type: "json" };

const MODELS = "../src/salur/identity/models_onnx";
/** As in `src/sync/face-models.ts`. */
const PIECE_BYTES = 512 * 1024;

const SHELL_BUDGET_BYTES = 170_000;

/**
 * The build fails when what the first screen needs (page, entry script and what it imports, style,
 * font) outgrows what a line of 400 kbit/s brings in the time that a queue has patience for.
 */
function shellBudget(): Plugin {
  return {
    name: "shell-budget",
    generateBundle(_options, bundle) {
      const needed = new Set<string>();
      const need = (name: string): void => {
        const file = bundle[name];
        if (!file || needed.has(name)) return;
        needed.add(name);
        if (file.type === "chunk") file.imports.forEach(need);
      };
      for (const [name, file] of Object.entries(bundle)) {
        const first = file.type === "chunk" ? file.isEntry : /\.(css|woff2|html)$/.test(name);
        if (first) need(name);
      }
      let bytes = 0;
      for (const name of needed) {
        const file = bundle[name];
        if (file) bytes += gzipSync(file.type === "chunk" ? file.code : file.source).length;
      }
      this.info(
        `critical shell: ${(bytes / 1000).toFixed(1)} kB gzip of ${SHELL_BUDGET_BYTES / 1000}`,
      );
      if (bytes > SHELL_BUDGET_BYTES) this.error(`the critical shell is ${bytes} bytes`);
    },
  };
}

/** Builds for measuring: with acts that a script can call, or with records left in the open. */
const CAMPAIGN = process.env["SALUR_APP_CAMPAIGN"] === "1";
const OPEN = process.env["SALUR_APP_OPEN"] === "1";
const OUT = process.env["SALUR_APP_OUT"] ?? "dist";
if ((CAMPAIGN || OPEN) && OUT === "dist") {
  throw new Error("a build for measuring needs a folder of its own: SALUR_APP_OUT");
}

/**
 * The face models in pieces beside the app, fetched only when the line is free. Without prepared
 * models (`python -m salur.identity.prepare_models`) the app is built without, and works without.
 */
function facePieces(): Plugin {
  return {
    name: "face-pieces",
    apply: "build",
    generateBundle() {
      for (const [name, { sha256 }] of Object.entries(lock.models)) {
        const file = `${MODELS}/${name}`;
        if (!existsSync(file)) {
          this.warn(`${name} is not prepared: no face check on the phone`);
          continue;
        }
        const bytes = readFileSync(file);
        for (let piece = 0; piece * PIECE_BYTES < bytes.length; piece++) {
          this.emitFile({
            type: "asset",
            fileName: `assets/face-${sha256.slice(0, 16)}-${String(piece).padStart(2, "0")}.bin`,
            source: bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES),
          });
        }
      }
    },
  };
}

export default defineConfig({
  base: "/app/",
  define: {
    __APP_VERSION__: JSON.stringify(packageJson.version),
    __FACE_MODELS__: JSON.stringify(lock),
    __CAMPAIGN__: JSON.stringify(CAMPAIGN),
    __SEALED__: JSON.stringify(!OPEN),
  },
  build: {
    outDir: OUT,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    reportCompressedSize: true,
  },
  plugins: [
    shellBudget(),
    facePieces(),
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
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      injectManifest: { globPatterns: ["**/*.{js,css,html,woff2,svg,webmanifest}"] },
    }),
  ],
  test: { include: ["tests/**/*.test.ts"], environment: "node", restoreMocks: true },
} as Parameters<typeof defineConfig>[0]);
