// Renders chat templates with @huggingface/jinja: node render.mjs CASES RESULTS
// CASES:   one JSON object a line: template (path), messages, tools, add_generation_prompt, variables.
// RESULTS: one JSON object a line: text, or error.
import { readFileSync, writeFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";

const [casesPath, resultsPath] = process.argv.slice(2);
const templates = new Map();

function templateAt(path) {
  if (!templates.has(path)) templates.set(path, new Template(readFileSync(path, "utf8")));
  return templates.get(path);
}

function render(line) {
  const { template, variables, ...context } = JSON.parse(line);
  try {
    return { text: templateAt(template).render({ ...variables, ...context }) };
  } catch (error) {
    return { error: String(error) };
  }
}

const lines = readFileSync(casesPath, "utf8").split("\n").filter((line) => line !== "");
writeFileSync(resultsPath, lines.map((line) => JSON.stringify(render(line)) + "\n").join(""));
