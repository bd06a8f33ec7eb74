// Uses the admin pages in Chromium as a person does. Arguments: the program, the link that signs in to a demo, and the e-mail
// address and password of its user. `scripts/browser` gives them.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser } from "./chromium.mjs";

const [program, link, email, password] = process.argv.slice(2);
const failures = [];
const check = (holds, what) => { if (!holds) failures.push(what); };
const step = (text) => console.log(`-- ${text}`);
const text = (browser) => browser.value("document.body.innerText");

// What every page must have, whatever is on it.
const faults = `(() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (e) => (e.getAttribute("aria-label") || e.labels?.[0]?.textContent || e.textContent || e.title || "").trim();
  if (all("h1").length !== 1) found.push(all("h1").length + " h1");
  if (!document.title.endsWith("Muster")) found.push("title " + document.title);
  for (const e of all("img, iframe, object, embed, base, script:not([nonce]), style, [style]")) found.push("a foreign " + e.tagName);
  for (const e of all("*")) for (const a of e.attributes) if (a.name.startsWith("on")) found.push(a.name + " on " + e.tagName);
  // Links of a drawing have an address, but not its parts.
  const address = (e) => new URL(e.getAttribute("href"), location.href);
  for (const e of all("a[href]")) if (!["http:", "https:"].includes(address(e).protocol) || address(e).origin !== location.origin) found.push("link to " + address(e));
  for (const e of all("a, button, input:not([type=hidden]), select, textarea")) if (!name(e)) found.push("no name: " + e.outerHTML.slice(0, 120));
  const ids = all("[id]").map((e) => e.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push("two elements have the id " + id);
  for (const e of all("[aria-describedby], [aria-labelledby]")) for (const id of (e.getAttribute("aria-describedby") || e.getAttribute("aria-labelledby")).split(" ")) if (!document.getElementById(id)) found.push("no element has the id " + id);
  for (const e of all("table")) if (!e.caption) found.push("a table without caption");
  if (document.documentElement.scrollWidth > innerWidth) found.push(document.documentElement.scrollWidth + " wide");
  return found;
})()`;

// What axe-core finds, if `npm ci --prefix scripts` has installed it. It is given to the page from outside, as its policy allows no
// other script. Targets are at least 24 pixels wide and high, or far enough from each other.
const axePath = new URL("node_modules/axe-core/axe.min.js", import.meta.url);
const axe = existsSync(axePath) ? readFileSync(axePath, "utf8") : undefined;
const rules = { rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] };
async function violations(browser) {
  if (!axe) return [];
  await browser.value(`(() => { ${axe}; })()`);
  return browser.settled(`axe.run(document, ${JSON.stringify(rules)}).then(({ violations }) => violations.map(({ id, help, nodes }) =>
    id + ": " + help + ": " + nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)).join(" and ")))`);
}

// Opens every page that links lead to, and says what is wrong with each.
async function walk(browser, from, most) {
  const seen = new Set([from]);
  const waiting = [from];
  while (waiting.length > 0 && seen.size <= most) {
    const path = waiting.shift();
    await browser.open(path);
    for (const fault of await browser.value(faults)) failures.push(`${path}: ${fault}`);
    for (const found of await violations(browser)) failures.push(`${path}: ${found}`);
    const links = await browser.value("[...document.querySelectorAll('a[href]:not([download])')].map((a) => new URL(a.getAttribute('href'), location.href)).map((to) => to.pathname + to.search)");
    for (const to of links) {
      // One page of each sort is enough: numbers and searches make endless addresses.
      const sort = to.replace(/\d+/g, "0").replace(/=[^&]*/g, "=");
      if (seen.has(sort)) continue;
      seen.add(sort);
      waiting.push(to);
    }
  }
  return seen.size;
}

async function signsInAndApproves() {
  const origin = new URL(link).origin;
  const browser = await Browser.start(origin);
  await browser.width(1440, "light");
  step("signing in with the keyboard");
  await browser.open("/w/fjordmarked/runs/22");
  await browser.type("input[name=email]", email);
  await browser.type("input[name=password]", password);
  await browser.loading(() => browser.press("Enter"));
  check(await browser.value("location.pathname") === "/w/fjordmarked/runs/22", "signing in leads to the page that was asked for");

  step("ticking and approving with the keyboard");
  await browser.open("/w/fjordmarked/runs/22");
  await browser.press("/");
  check(await browser.value("document.activeElement.type") === "search", "/ goes to the search");
  await browser.value("document.activeElement.blur()");
  await browser.press("?");
  check(await browser.value("document.getElementById('keys').open"), "? shows the keys");
  await browser.press("Escape");
  await browser.until("the keys are closed", () => browser.value("!document.getElementById('keys').open"));
  for (const key of ["j", "x", "j", "k", "j", "x"]) await browser.press(key);
  check(await browser.value("document.querySelectorAll('td.tick input:checked').length") === 2, "x ticks rows");
  check((await text(browser)).includes("Approve 2 ticked"), "the button says how many are ticked");
  await browser.loading(() => browser.press("r"));
  check(await browser.value("location.pathname") === "/w/fjordmarked/runs/22/reject", "r opens the rejection");
  await browser.open("/w/fjordmarked/runs/22");
  for (const key of ["j", "x", "j", "x"]) await browser.press(key);
  await browser.loading(() => browser.press("a"));
  check((await browser.value("document.querySelector('h1').textContent")) === "Approve 2 operations", "a opens the approval of what is ticked");
  check((await text(browser)).includes("Nobody leaves."), "the approval says who leaves");
  await browser.type("input[name=note]", "These two start on Monday");
  await browser.loading(() => browser.press("Enter"));
  await browser.until("the approval is applied", async () => {
    await browser.open("/w/fjordmarked/runs/22");
    return (await text(browser)).includes("Approved and applied: 2 created");
  });
  check((await text(browser)).includes("86 operations are pending"), "the rest is pending");

  step("changing a person");
  await browser.open("/w/fjordmarked/people/30/change/protect");
  await browser.type("input[name=note]", "On leave");
  await browser.loading(() => browser.press("Enter"));
  await browser.until("the protection is done", async () => {
    await browser.open("/w/fjordmarked/people/30");
    return (await text(browser)).includes("Protected from removal");
  });

  step("undoing a run through a plan");
  await browser.open("/w/fjordmarked/runs/21/undo");
  await browser.type("input[name=note]", "The wrong file");
  await browser.loading(() => browser.press("Enter"));
  // The page waits, and leads to the run of the plan by itself.
  await browser.until("the plan is made", () => browser.value("/\\/runs\\/\\d+$/.test(location.pathname)"));

  step("walking through all pages");
  for (const [width, theme] of [[1440, "light"], [375, "dark"]]) {
    await browser.width(width, theme);
    const pages = await walk(browser, "/", 120);
    check(pages > 30, `only ${pages} pages were found`);
  }

  step("without scripts");
  await browser.send("Emulation.setScriptExecutionDisabled", { value: true });
  await browser.open("/w/fjordmarked/runs/22?show=update");
  const boxes = await browser.value("[...document.querySelectorAll('td.tick input')].slice(0, 3).map((box) => (box.checked = true, box.value))");
  await browser.loading(() => browser.value("document.querySelector('#ticks button').click()"));
  check((await browser.value("document.querySelector('h1').textContent")) === "Approve 3 operations", "ticks work without scripts");
  check((await browser.value("document.querySelector('input[name=numbers]').value")) === boxes.join(","), "exactly the ticked operations are approved");
  await browser.end();
  failures.push(...browser.problems);
}

// What people put into fields that others read.
const HOSTILE = [
  "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</title><svg onload=alert(1)>",
  "javascript:alert(1)", "</textarea><script>alert(1)</script>", "<base href=//evil.example>", "{{7*7}}", "Bob\u202egnp.exe",
  "<iframe srcdoc='<script>parent.alert(1)</script>'>", "<a href=javascript:alert(1)>a</a>", "<style>*{display:none}</style>",
];

async function showsHostileValues() {
  step("hostile values from the first start on");
  const folder = mkdtempSync(join(tmpdir(), "muster-hostile-"));
  const quoted = (value) => `"${value.replaceAll('"', '""')}"`;
  const rows = HOSTILE.flatMap((value, at) => {
    const q = quoted(value);
    return [`X-${at},x${at}@acme.example,${q},${q},2020-01-01,${q},${q},${q}`, `${q},broken,${q},${q},${q},${q},${q},${q}`];
  });
  mkdirSync(join(folder, "inbox"));
  const deliver = (lines) => writeFileSync(join(folder, "inbox/a.csv"), ["id,mail,first,last,start,title,department,place", ...lines, ""].join("\n"));
  writeFileSync(join(folder, "a.toml"), `name = "people"
[workspace]
name = "hostile"
[source]
url = "file:inbox"
pattern = "*.csv"
settle = "0s"
[policy]
missing = "deactivate"
[mapping]
external_id = "id"
email = "mail"
first_name = "first"
last_name = "last"
onboarding_date = "start"
title = "title"
department = "department"
location = "place"
`);
  const muster = (...words) => spawnSync(program, ["--database", "sqlite:muster.db", ...words], { cwd: folder });
  deliver(rows);
  muster("sync", "--approve", "a.toml");
  deliver(rows.slice(0, 3).map((row) => row.replaceAll("2020", "2021")));
  muster("sync", "a.toml");
  const service = spawn(program, ["--database", "sqlite:muster.db", "serve", "--listen", "127.0.0.1:0"], { cwd: folder });
  let said = "";
  service.stdout.on("data", (more) => { said += more; });
  const browser = await Browser.start("http://none.example");
  await browser.until("the service offers the first start", () => /http:\/\/\S+\/setup\/\S+/.test(said));
  const setup = new URL(said.match(/http:\/\/\S+\/setup\/\S+/)[0]);
  browser.origin = setup.origin;
  await browser.open(setup.pathname);
  for (const [name, value] of [["name", HOSTILE[1]], ["email", "eva@acme.example"], ["password", "a rather long sentence"], ["repeated", "a rather long sentence"]]) {
    await browser.type(`input[name=${name}]`, value);
  }
  await browser.loading(() => browser.press("Enter"));
  const pages = await walk(browser, "/", 80);
  check(pages > 15, `only ${pages} pages with hostile values were found`);
  await browser.open(`/w/hostile/people?q=${encodeURIComponent(HOSTILE[1])}`);
  check((await text(browser)).includes("onerror=alert(1)"), "a hostile name is found and shown as text");
  for (const fault of await browser.value(faults)) failures.push(`search: ${fault}`);
  await browser.end();
  const ended = new Promise((done) => service.once("exit", done));
  service.kill();
  await ended;
  failures.push(...browser.problems);
  rmSync(folder, { recursive: true });
}

await signsInAndApproves();
await showsHostileValues();
for (const failure of failures) console.error(failure);
process.exitCode = failures.length > 0 ? 1 : 0;
