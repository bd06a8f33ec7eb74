// Drives Chromium by its own protocol, without a package: opens pages, presses keys, and reports what a page must not do.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class Browser {
  // `origin`: requests to any other host are problems, as are messages on the console and dialogs that a page opens.
  static async start(origin) {
    const profile = mkdtempSync(join(tmpdir(), "muster-browser-"));
    const program = spawn("chromium", [
      "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0",
      `--user-data-dir=${profile}`, "about:blank",
    ], { stdio: ["ignore", "ignore", "pipe"] });
    const port = await new Promise((done, failed) => {
      let said = "";
      program.stderr.on("data", (text) => {
        said += text;
        const found = said.match(/ws:\/\/127\.0\.0\.1:(\d+)\//);
        if (found) done(found[1]);
      });
      program.on("exit", () => failed(new Error(`Chromium does not start: ${said}`)));
    });
    const all = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
    const socket = new WebSocket(all.find((one) => one.type === "page").webSocketDebuggerUrl);
    await new Promise((done) => socket.addEventListener("open", done));
    const browser = new Browser(origin, profile, program, socket);
    for (const domain of ["Page", "Log", "Network", "Runtime", "DOM"]) await browser.send(`${domain}.enable`);
    return browser;
  }

  constructor(origin, profile, program, socket) {
    Object.assign(this, { origin, profile, program, socket, last: 0, waiting: new Map(), problems: [], loads: 0, at: "" });
    socket.addEventListener("message", ({ data }) => this.received(JSON.parse(data)));
  }

  received(message) {
    if (message.id) {
      this.waiting.get(message.id)?.(message);
      this.waiting.delete(message.id);
      return;
    }
    const { method, params } = message;
    if (method === "Page.loadEventFired") this.loads++;
    if (method === "Log.entryAdded") this.problem(params.entry.text);
    if (method === "Runtime.exceptionThrown") this.problem(params.exceptionDetails.text);
    if (method === "Page.javascriptDialogOpening") {
      this.problem(`a dialog opened: ${params.message}`);
      this.send("Page.handleJavaScriptDialog", { accept: false });
    }
    if (method === "Network.requestWillBeSent") {
      const { url } = params.request;
      // Chromium draws the picture of a date field from an address with data; the policy of a page allows it none.
      if (!url.startsWith(`${this.origin}/`) && !/^(about|data):/.test(url)) this.problem(`a request to another host: ${url}`);
    }
  }

  problem(text) {
    this.problems.push(`${this.at}: ${text}`);
  }

  send(method, params = {}) {
    return new Promise((done, failed) => {
      const id = ++this.last;
      this.waiting.set(id, (answer) => answer.error ? failed(new Error(`${method}: ${answer.error.message}`)) : done(answer.result));
      this.socket.send(JSON.stringify({ id, method, params }));
    });
  }

  // Does something that loads a page, and waits until it is there.
  async loading(act) {
    const before = this.loads;
    await act();
    // The event can be that of the page before, of which only a part was there when this one was asked for.
    const isThere = () => this.value("document.readyState === 'complete' && document.documentElement !== null").catch(() => false);
    await this.until("the page loads", async () => this.loads > before && (await isThere()));
  }

  async open(path) {
    this.at = path;
    await this.loading(() => this.send("Page.navigate", { url: this.origin + path }));
  }

  // The value of an expression in the page. It is evaluated from outside, so it works without scripts too.
  async value(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, returnByValue: true });
    if (exceptionDetails) throw new Error(`${this.at}: ${expression}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  // The value of a promise in the page.
  async settled(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${this.at}: ${exceptionDetails.exception?.description}`);
    return result.value;
  }

  async until(what, holds) {
    for (let tries = 0; tries < 600; tries++) {
      if (await holds()) return;
      await pause(50);
    }
    throw new Error(`${this.at}: waited in vain: ${what}`);
  }

  async press(key) {
    const named = { Enter: { code: "Enter", text: "\r", windowsVirtualKeyCode: 13 }, Tab: { code: "Tab", windowsVirtualKeyCode: 9 }, Escape: { code: "Escape", windowsVirtualKeyCode: 27 } };
    const event = { key, ...(named[key] ?? { text: key }) };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  async type(selector, text) {
    await this.value(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await this.send("Input.insertText", { text });
  }

  async width(width, theme) {
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: theme }] });
    await this.send("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 500 });
  }

  async end() {
    const ended = new Promise((done) => this.program.once("exit", done));
    this.socket.close();
    this.program.kill();
    await ended;
    // Helpers of Chromium write for a moment after it has ended. What is left then is in the folder for temporary files.
    for (let tries = 0; tries < 50; tries++) {
      try {
        return rmSync(this.profile, { recursive: true, force: true });
      } catch {
        await pause(100);
      }
    }
  }
}
