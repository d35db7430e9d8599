// Lighthouse on a phone: reads {url, cookie} from standard input and prints JSON: the url where the browser ended,
// scores {category: 0–100}, low {category: ["audit: value", …]}.
import { readFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const CATEGORIES = ["performance", "accessibility", "best-practices"];
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"];

// What costs points, the dearest first.
function low(result, category) {
  const lost = (ref) => ref.weight * (1 - (result.audits[ref.id].score ?? 1));
  const refs = result.categories[category].auditRefs.filter((ref) => lost(ref) > 0);
  refs.sort((one, other) => lost(other) - lost(one));
  return refs.map(({ id }) => `${id}: ${result.audits[id].displayValue ?? result.audits[id].score}`);
}

async function measure({ url, cookie }, port) {
  const extraHeaders = cookie ? { Cookie: cookie } : {};
  const { lhr } = await lighthouse(url, { port, extraHeaders, onlyCategories: CATEGORIES, logLevel: "error" });
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const scores = CATEGORIES.map((name) => [name, Math.round(lhr.categories[name].score * 100)]);
  const costs = CATEGORIES.map((name) => [name, low(lhr, name)]);
  return { url: lhr.finalDisplayedUrl, scores: Object.fromEntries(scores), low: Object.fromEntries(costs) };
}

const chrome = await launch({ chromePath: process.env.CHROME_PATH, chromeFlags: FLAGS });
try {
  console.log(JSON.stringify(await measure(JSON.parse(readFileSync(0, "utf-8")), chrome.port)));
} finally {
  chrome.kill();
}
