// Takes a picture of each page. The link that signs in to a demo, the folder, the names of the wanted pages (all if empty) and
// the pages are arguments; `scripts/screenshots` gives them.
import { mkdirSync, writeFileSync } from "node:fs";
import { Browser } from "./chromium.mjs";

const [link, folder, wanted, ...all] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const origin = new URL(link).origin;
const answer = await fetch(link, { redirect: "manual" });
const [name, value] = (answer.headers.get("set-cookie") ?? "").split(";")[0].split("=");
if (!value) throw new Error("the link does not sign in");
const pages = all
  .map((page) => ({ file: page.slice(0, page.indexOf("=")), path: page.slice(page.indexOf("=") + 1) }))
  .filter(({ file }) => !wanted || wanted.split(" ").includes(file));

const browser = await Browser.start(origin);
for (const [theme, width] of [["light", 1440], ["dark", 1440], ["light", 375], ["dark", 375]]) {
  for (const { file, path } of pages) {
    // Only what a visitor sees who has not signed in.
    if (path === "/sign-in") await browser.send("Network.clearBrowserCookies");
    else await browser.send("Network.setCookie", { name, value, url: origin });
    await browser.width(width, theme);
    await browser.open(path);
    const { cssContentSize } = await browser.send("Page.getLayoutMetrics");
    if (cssContentSize.width > width) browser.problem(`${cssContentSize.width} wide at ${width}`);
    // The picture of the README is what a person sees first.
    const height = file === "readme" ? 900 : Math.max(Math.min(Math.ceil(cssContentSize.height), 3000), 900);
    await browser.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 500 });
    const { data } = await browser.send("Page.captureScreenshot", { format: "png" });
    writeFileSync(`${folder}/${file}-${width}-${theme}.png`, Buffer.from(data, "base64"));
  }
}
await browser.end();
for (const problem of browser.problems) console.error(problem);
process.exitCode = browser.problems.length > 0 ? 1 : 0;
