// Takes a picture of each page with Chromium's own protocol: no package is needed. The link that signs in to a demo, the
// folder, the names of the wanted pages (all if empty) and the pages are arguments; `scripts/screenshots` gives them.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

const [link, folder, wanted, ...all] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const base = new URL(link).origin;
const answer = await fetch(link, { redirect: "manual" });
const [name, value] = (answer.headers.get("set-cookie") ?? "").split(";")[0].split("=");
if (!value) throw new Error("the link does not sign in");
const pages = all
  .map((page) => ({ file: page.slice(0, page.indexOf("=")), path: page.slice(page.indexOf("=") + 1) }))
  .filter(({ file }) => !wanted || wanted.split(" ").includes(file));
const port = 9333;
const browser = spawn("chromium", [
  "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--remote-debugging-port=${port}`,
  `--user-data-dir=${folder}/.profile`, "about:blank",
], { stdio: "ignore" });
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function target() {
  for (let tries = 0; tries < 100; tries++) {
    try {
      const all = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
      const page = all.find((one) => one.type === "page");
      if (page) return page.webSocketDebuggerUrl;
    } catch { /* not there yet */ }
    await pause(100);
  }
  throw new Error("Chromium does not answer");
}

const socket = new WebSocket(await target());
await new Promise((done) => socket.addEventListener("open", done));
let last = 0;
const waiting = new Map();
const events = [];
socket.addEventListener("message", ({ data }) => {
  const message = JSON.parse(data);
  if (message.id) { waiting.get(message.id)?.(message); waiting.delete(message.id); }
  else events.push(message);
});
const send = (method, params = {}) => new Promise((done, failed) => {
  const id = ++last;
  waiting.set(id, (answer) => answer.error ? failed(new Error(`${method}: ${answer.error.message}`)) : done(answer.result));
  socket.send(JSON.stringify({ id, method, params }));
});

await send("Page.enable");
await send("Log.enable");
await send("Network.enable");
let problems = 0;
for (const [theme, width] of [["light", 1440], ["dark", 1440], ["light", 375], ["dark", 375]]) {
  await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
  for (const { file, path } of pages) {
    // Only what a visitor sees who has not signed in.
    if (path === "/sign-in") await send("Network.clearBrowserCookies");
    else await send("Network.setCookie", { name, value, url: base });
    await send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 });
    events.length = 0;
    await send("Page.navigate", { url: base + path });
    while (!events.some((event) => event.method === "Page.loadEventFired")) await pause(20);
    await pause(100);
    for (const event of events.filter((event) => event.method === "Log.entryAdded")) {
      problems++;
      console.error(`${file}: ${event.params.entry.text}`);
    }
    const { cssContentSize } = await send("Page.getLayoutMetrics");
    if (cssContentSize.width > width) { problems++; console.error(`${file} at ${width}: ${cssContentSize.width} wide`); }
    const height = Math.min(Math.ceil(cssContentSize.height), 3000);
    await send("Emulation.setDeviceMetricsOverride", { width, height: Math.max(height, 900), deviceScaleFactor: 1, mobile: width < 500 });
    const { data } = await send("Page.captureScreenshot", { format: "png" });
    writeFileSync(`${folder}/${file}-${width}-${theme}.png`, Buffer.from(data, "base64"));
  }
}
socket.close();
browser.kill();
process.exitCode = problems > 0 ? 1 : 0;
