#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The main job on the sample corpus, through espalier-cli as any script would do it.

Import the PostgreSQL manual, embed it, grow the label tree, train for 20 steps or about 2 minutes (whichever is longer),
evaluate before and after on the manual's own chapters, search by branch. What is done already is not done again.
"""
import argparse
import glob
import json
import math
import os
import re
import subprocess
import sys
import time

RUN = "sample"
QUERIES = ["how do I speed up a slow query", "restore a database from a backup", "who may read a table"]


def fail(sentence):
    print(f"\nsample: {sentence}", file=sys.stderr)
    sys.exit(1)


class Cli:
    def __init__(self, program, project):
        self.program, self.project = program, project

    def run(self, title, verb, *arguments):
        """Runs one verb with live progress; returns its JSON object."""
        command = [self.program, verb, self.project, *map(str, arguments), "--json"]
        begin = time.monotonic()
        environment = dict(os.environ, OMP_WAIT_POLICY="passive")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        live, last = sys.stderr.isatty(), 0.0
        rest = []
        for line in process.stderr:
            try:
                event = json.loads(line)
            except ValueError:
                rest.append(line.rstrip())
                continue
            now = time.monotonic()
            if now - last < (0.2 if live else 15.0):
                continue
            text = describe(event)
            if text and title:
                last = now
                print(f"\r\033[K  {title}: {text}" if live else f"  {title}: {text}", end="" if live else "\n",
                      file=sys.stderr, flush=True)
        answer = process.stdout.read()
        status = process.wait()
        if live:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
        try:
            result = json.loads(answer)
        except ValueError:
            fail(f"{title} ended with status {status}: {' '.join(rest[-3:]) or 'no answer'}")
        if status != 0:
            fail(f"{title}: {result.get('error', {}).get('message', 'unknown fault')}")
        seconds = time.monotonic() - begin
        if title:
            print(f"  {title}: {seconds:.1f} s", flush=True)
        return result, seconds


def describe(event):
    kind = event.get("event")
    if kind == "progress":
        total = event.get("total") or 0
        part = f"{event.get('done', 0):,} of {total:,}" if total else f"{event.get('done', 0):,}"
        return f"{event.get('phase', '')} {part}"
    if kind == "metric" and event.get("loss") is not None:
        return f"step {event.get('step')}, loss {event['loss']:.3f}"
    return ""


def corpus_folder():
    folders = glob.glob("/usr/share/doc/postgresql-doc-*/html")
    folders = [f for f in folders if os.path.exists(os.path.join(f, "index.html"))]
    if not folders:
        fail("the PostgreSQL manual is not installed: apt install postgresql-doc")
    return max(folders, key=lambda f: int(re.search(r"doc-(\d+)", f).group(1)))


def table(title, before, after, lines):
    """Adds rows of one evaluation; `worse` is said in words."""
    lines.append(f"  {title:<48}{'before':>9}{'after':>9}")
    for level_before, level_after in zip(before["levels"], after["levels"]):
        for key, words in (("knn_accuracy", "label named by the 10 nearest"),
                           ("purity@10", "same label among the 10 nearest")):
            a, b = level_before.get(key), level_after.get(key)
            if a is None or b is None:
                continue
            verdict = "worse" if b < a - 0.0005 else ("better" if b > a + 0.0005 else "equal")
            lines.append(f"    level {level_before['level']}: {words:<37}{a:>9.3f}{b:>9.3f}  {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--project", required=True)
    parser.add_argument("--encoder", required=True)
    options = parser.parse_args()
    summary_file = os.path.join(options.project, "summary.txt")
    if os.path.exists(summary_file):
        with open(summary_file, encoding="utf-8") as text:
            print(text.read(), end="")
        return

    cli = Cli(options.cli, options.project)
    begin = time.monotonic()
    if not os.path.exists(options.project):
        cli.run("", "create")
    status, _ = cli.run("", "status")
    if not status["documents"]:
        report, _ = cli.run("Import of the PostgreSQL manual", "import", corpus_folder(), "--format", "folder")
        print("    {read:,} read = {kept:,} kept + {duplicates:,} duplicates + {empty:,} empty + {rejected:,} rejected"
              .format(**report))
    models = {model["name"]: model for model in status["models"]}
    rate = None
    if "base" not in models:
        embedded, _ = cli.run("Vectors of the default encoder", "embed", "--model", options.encoder)
        rate = embedded["docs_per_second"]
    if not status["levels"]:
        cli.run("Label tree", "build")  # after the vectors: they make it a semantic one
    status, _ = cli.run("", "status")
    states = {run["name"]: run["state"] for run in status["runs"]}
    if RUN in states and states[RUN] != "done":  # a first start that was broken off in the middle
        cli.run("", "run", "delete", RUN)
        states.pop(RUN)
    if RUN not in states:
        # A step of 64 documents costs 1.9 encodings of them (measured): 20 steps, or as many as surely fill two minutes.
        steps = max(20, math.ceil(120 * (rate or 20) / 1.7 / 64))
        trained, _ = cli.run(f"HEAL training, {steps} steps", "train", "--model", "base", "--name", RUN, "--steps", steps)
        print(f"    {trained['state']} after {trained['steps']} steps, loss {trained['loss']:.3f}")
    if RUN not in {model["name"] for model in status["models"]}:
        cli.run("Vectors of the trained encoder", "embed", "--model", RUN)

    lines = ["", "The PostgreSQL manual in Espalier", ""]
    tree, _ = cli.run("", "tree", "--format", "json")
    status, _ = cli.run("", "status")
    lines.append(f"  {status['documents']:,} documents, " +
                 ", ".join(f"{level['labels']} labels at level {level['level']}" if isinstance(level, dict)
                           else f"{level} labels" for level in status["levels"]))
    for child in tree["children"][:12]:
        lines.append(f"    {child['documents']:>5,}  {child['name']}" +
                     (f"   [{' | '.join(c['name'] for c in child['children'][:3])} | ...]" if child["children"] else ""))
    lines.append("")
    for labels, title in (("reference", "The manual's own chapters (never trained on)"), ("tree", "The label tree itself")):
        measured, _ = cli.run(f"Evaluation on {labels} labels", "eval", "--labels", labels, "--model", "base", "--model", RUN)
        by_name = {model["model"]: model for model in measured["models"]}
        table(title, by_name["base"], by_name[RUN], lines)
        lines.append("")
    for query in QUERIES:
        everywhere, _ = cli.run("", "search", query, "--model", RUN)
        branch = next((facet for facet in everywhere["facets"] if len(facet["path"]) == 1), None)
        if branch is None:
            continue
        found, _ = cli.run("", "search", query, "--model", RUN, "--branch", branch["node"], "-k", 3)
        lines.append(f"  \"{query}\" in branch {branch['path'][0]} ({branch['count']:,} matches there)")
        for hit in found["results"]:
            lines.append(f"    {hit['rank']}. {hit['title']}  [{' / '.join(hit['path'])}]")
    lines += ["", f"  Project  {options.project}", f"  Model    {os.path.join(options.project, 'runs', RUN, 'model')}",
              f"  Window   {os.path.join(os.path.dirname(options.cli), 'espalier')} {options.project}",
              f"  Short training moves little; figures marked worse are as measured. Took {time.monotonic() - begin:.0f} s.", ""]
    text = "\n".join(lines)
    with open(summary_file + ".part", "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(summary_file + ".part", summary_file)
    print(text, end="")


if __name__ == "__main__":
    main()
