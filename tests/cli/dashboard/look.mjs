// Opens pages of a dashboard in one Chromium, at two sizes, light and dark, and says what is wrong.
//
//   node look.mjs CHROMIUM PROFILE AXE SITE PAGES [SCREENSHOTS]
//
// PAGES are paths below SITE, separated by commas. Prints one line of JSON; needs nothing installed
// but Node, Chromium and the file of axe-core.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [chromium, profile, axePath, site, pages, shots] = process.argv.slice(2);
const axe = readFileSync(axePath, "utf8");
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
  "--disable-background-networking", "--disable-sync", "--disable-component-update",
  "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe",
  `--user-data-dir=${profile}`, "about:blank",
];
const child = spawn(chromium, flags, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
const [into, out] = [child.stdio[3], child.stdio[4]];
let last = 0;
const waiting = new Map();
const hearing = [];
let rest = "";
out.setEncoding("utf8");
out.on("data", (text) => {
  const parts = (rest + text).split("\0");
  rest = parts.pop();
  for (const part of parts) {
    const message = JSON.parse(part);
    const done = waiting.get(message.id);
    if (done) {
      waiting.delete(message.id);
      message.error ? done.no(new Error(JSON.stringify(message.error))) : done.yes(message.result);
    } else {
      for (const hear of [...hearing]) hear(message);
    }
  }
});
const call = (method, params = {}, sessionId = undefined) => new Promise((yes, no) => {
  const id = ++last;
  waiting.set(id, { yes, no });
  into.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
});
const limit = setTimeout(() => {
  console.error("the browser took too long");
  child.kill("SIGKILL");
  process.exit(3);
}, 90_000);

const wrong = [];
const say = (page, what) => wrong.push(`${page}: ${what}`);
const { targetId } = await call("Target.createTarget", { url: "about:blank" });
const { sessionId } = await call("Target.attachToTarget", { targetId, flatten: true });
const page = (method, params) => call(method, params, sessionId);
const evaluate = async (expression) => {
  const answer = await page("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
  if (answer.exceptionDetails) throw new Error(JSON.stringify(answer.exceptionDetails));
  return answer.result.value;
};
let current = "";
const bytes = new Map();
const loaded = [];
hearing.push((message) => {
  const { method, params } = message;
  if (method === "Runtime.exceptionThrown") say(current, `exception ${params.exceptionDetails.text}`);
  if (method === "Runtime.consoleAPICalled" && ["error", "warning", "assert"].includes(params.type)) {
    say(current, `console ${params.args.map((a) => a.value ?? a.description).join(" ")}`);
  }
  if (method === "Log.entryAdded" && ["error", "warning"].includes(params.entry.level)) {
    say(current, `log ${params.entry.text} ${params.entry.url ?? ""}`);
  }
  if (method === "Network.requestWillBeSent" && !/^(file|about|data):/.test(params.request.url)) {
    say(current, `asks for ${params.request.url}`);
  }
  if (method === "Network.loadingFailed") say(current, `could not load: ${params.errorText}`);
  if (method === "Network.dataReceived") {
    bytes.set(current, (bytes.get(current) ?? 0) + params.dataLength);
  }
});
for (const domain of ["Page", "Runtime", "Log", "Network"]) await page(`${domain}.enable`);

const open = async (path) => {
  current = path;
  bytes.delete(path);
  const there = new Promise((done) => {
    const hear = (message) => {
      if (message.method === "Page.loadEventFired") {
        hearing.splice(hearing.indexOf(hear), 1);
        done();
      }
    };
    hearing.push(hear);
  });
  const { errorText } = await page("Page.navigate", { url: pathToFileURL(join(site, path)).href });
  if (errorText) return say(path, `does not open: ${errorText}`);
  await there;
};
const sizes = { phone: [375, 780, true], desktop: [1280, 900, false] };
const look = async (size, scheme) => {
  const [width, height, mobile] = sizes[size];
  await page("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: 1 });
  await page("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
};
const shoot = async (name) => {
  if (!shots) return;
  mkdirSync(shots, { recursive: true });
  const { data } = await page("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
  writeFileSync(join(shots, `${name}.png`), Buffer.from(data, "base64"));
};
// What a reader with a keyboard meets: every link, button and field, once, in order, and seen.
const TAB = `(async () => {
  const can = [...document.querySelectorAll("a[href],button,input,select,summary,[tabindex='0']")]
    .filter((e) => e.checkVisibility() && !e.disabled);
  return { all: can.length, narrow: document.documentElement.scrollWidth - window.innerWidth };
})()`;
const FOCUS = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  if (!e.dataset.seen) e.dataset.seen = Math.random().toString(36).slice(2);
  const style = getComputedStyle(e);
  return { id: e.dataset.seen, name: e.outerHTML.slice(0, 80), seen: style.outlineStyle !== "none" || e.className === "skip" };
})()`;

for (const path of pages.split(",")) {
  for (const size of Object.keys(sizes)) {
    for (const scheme of ["light", "dark"]) {
      await look(size, scheme);
      // A colour scheme changes no layout and no load: the page stays.
      if (scheme === "light") await open(path);
      const about = `${path} ${size} ${scheme}`;
      if (scheme === "light") await evaluate(axe + ";0");
      const rules = scheme === "light" ? "{ preload: false }" : `{ preload: false, runOnly: ["color-contrast"] }`;
      const found = await evaluate(`axe.run(document, ${rules}).then((r) => r.violations.map((v) => ({
        id: v.id, impact: v.impact, where: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)) })))`);
      for (const one of found) {
        if (["serious", "critical"].includes(one.impact)) say(about, `axe ${one.id} ${one.where.join(" | ")}`);
        else loaded.push(`${about}: ${one.impact} ${one.id}`);
      }
      await shoot(`${path.replaceAll("/", "_")}-${size}-${scheme}`);
    }
    if (await evaluate("window.hacked")) say(path, "a value of a record ran");
    const { all, narrow } = await evaluate(TAB);
    if (narrow > 0) say(`${path} ${size}`, `is ${narrow} px wider than the screen`);
    if (size === "desktop" && all < 150) {
      const met = new Set();
      await evaluate("document.activeElement.blur(); window.scrollTo(0, 0); 0");
      for (let n = 0; n < all + 5; n += 1) {
        await page("Input.dispatchKeyEvent", { type: "keyDown", key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
        await page("Input.dispatchKeyEvent", { type: "keyUp", key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
        const focus = await evaluate(FOCUS);
        if (!focus) break;
        if (!focus.seen) say(path, `focus cannot be seen on ${focus.name}`);
        met.add(focus.id);
      }
      if (met.size < all) say(path, `the keyboard reaches ${met.size} of ${all}`);
    }
  }
  const size = bytes.get(path) ?? 0;
  if (size > 300_000) say(path, `opening it loads ${size} bytes`);
}

// The search, with what pages say when somebody searches.
const searched = [];
for (const path of pages.split(",").filter((p) => p.endsWith("incidents/index.html"))) {
  await open(path);
  const before = bytes.get(path) ?? 0;
  const answer = await evaluate(`(async () => {
    const q = document.getElementById("q");
    const first = document.querySelector("#month tbody .id").textContent;
    q.value = first.slice(-4).toLowerCase();
    q.dispatchEvent(new Event("input", { bubbles: true }));
    for (let n = 0; n < 100 && !document.querySelector("#results .id"); n += 1) await new Promise((d) => setTimeout(d, 30));
    const found = document.querySelector("#results .id");
    const said = document.getElementById("found").textContent;
    q.value = "no such words anywhere";
    q.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((d) => setTimeout(d, 300));
    const none = document.getElementById("found").textContent;
    document.querySelector("form[data-search]").reset();
    await new Promise((d) => setTimeout(d, 100));
    const button = document.querySelector("#month thead button");
    button.click(); button.click();
    return { first, found: found && found.textContent, said, none,
      back: !document.getElementById("month").hidden,
      sort: button.parentElement.getAttribute("aria-sort") };
  })()`);
  searched.push({ path, ...answer, before });
  await look("desktop", "light");
}
console.log(JSON.stringify({ wrong, searched, moderate: loaded, bytes: Object.fromEntries(bytes) }));
clearTimeout(limit);
child.kill();
process.exit(0);
