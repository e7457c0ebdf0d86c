"""`make docs`: the documentation as static pages: every Markdown file, the measures' catalogue, the dbt models.

What belongs here: turning what is written elsewhere into pages that need no network and no script. What does not: any
text about the program itself. Links between Markdown files keep their places, `.md` becoming `.html`; what else they
name in the repository is copied beside them.
"""

from __future__ import annotations

import csv
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipelines.warehouse.dbt import ParsedProject

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "dbt_project" / "seeds" / "measures"
PAGES = ("README.md", "CHANGELOG.md", "LICENCES.md", "benchmarks/README.md", "docs/**/*.md")
LAYERS = ("staging", "core", "measures", "obligations", "marts", "analyst")
PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} – Lasting Homes</title>
<style>
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1a1a1a;
  background: #fff }
a { color: #0b4f8a } a:focus { outline: 3px solid #b35900; outline-offset: 2px }
.skip { position: absolute; left: -99rem } .skip:focus { position: static }
table { border-collapse: collapse; display: block; overflow-x: auto }
th, td { border: 1px solid #767676; padding: .3rem .5rem; text-align: left; vertical-align: top }
pre { overflow-x: auto; background: #f3f3f3; padding: .7rem } img { max-width: 100% }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0 }
</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<nav aria-label="Pages"><ul>
{%- for name, place in (("Start", "index.html"), ("Documents", "docs/index.html"), ("Measures", "measures.html"),
    ("Models", "models.html")) %}
<li><a href="{{ up }}{{ place }}">{{ name }}</a></li>
{%- endfor %}
</ul></nav>
<main id="content">
{{ body }}
</main>
</body>
</html>
"""
MEASURES = """<h1>What is measured and promised</h1>
{%- for kind, entries in catalogue.items() %}
<h2>{{ kind }}</h2>
{%- for one in entries %}
<h3 id="{{ one.id }}">{{ one.title }}</h3>
<p><code>{{ one.id }}</code>, clauses {{ one.clause }}; definition {{ one.definition_version }} since
{{ one.valid_from }}{% if one.valid_to %} until {{ one.valid_to }}{% endif %}</p>
<p>{{ one.definition }}{% if one.project_figure %} The project's own figure: {{ one.project_figure }}.{% endif %}</p>
<p>Sources needed: {{ one.sources_needed }}.</p>
{%- endfor %}
{%- endfor %}
"""
MODELS = """<h1>The models of the warehouse</h1>
{%- for layer, models in layers.items() %}
<h2>{{ layer }}</h2>
{%- for model in models %}
<h3 id="{{ model.name }}">{{ model.name }}</h3>
<p>{{ model.description }}</p>
{%- if model.columns %}
<table><thead><tr><th scope="col">Column</th><th scope="col">What it holds</th></tr></thead><tbody>
{%- for column in model.columns.values() if column.description %}
<tr><th scope="row">{{ column.name }}</th><td>{{ column.description }}</td></tr>
{%- endfor %}
</tbody></table>
{%- endif %}
{%- endfor %}
{%- endfor %}
"""


def write_site(site: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """Write every page into a folder, made anew, and return the pages.

    Args:
        site: The folder; what it holds is removed.
        manifest: dbt's manifest: where the models' descriptions are from.

    Raises:
        FileNotFoundError: A Markdown file links to a file that is not there.
    """
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    sources = sorted({path for pattern in PAGES for path in ROOT.glob(pattern)})
    written = [_markdown_page(site, source) for source in sources]
    for folder in sorted({source.parent for source in sources} - {ROOT, ROOT / "benchmarks"}):
        written.append(_folder_page(site, folder, [one for one in sources if folder in one.parents]))
    environment = jinja2.Environment(autoescape=True)
    catalogue = {"Measures": _entries("measures"), "Obligations": _entries("obligations")}
    body = environment.from_string(MEASURES).render(catalogue=catalogue)
    written.append(_write(site, site / "measures.html", "Measures", body))
    models = sorted(
        (node for node in manifest["nodes"].values() if node["resource_type"] == "model"), key=lambda one: one["name"]
    )
    layers = {layer: [one for one in models if one["fqn"][1] == layer] for layer in LAYERS}
    body = environment.from_string(MODELS).render(layers=layers)
    written.append(_write(site, site / "models.html", "Models", body))
    return written


def _entries(seed: str) -> list[dict[str, str]]:
    """Return the rows of a catalogue's seed, every version of a definition, with `id`."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "id": row[f"{seed.removesuffix('s')}_id"]} for row in csv.DictReader(file)]


def _markdown_page(site: Path, source: Path) -> Path:
    renderer = MarkdownIt("commonmark").enable("table")
    tokens = renderer.parse(source.read_text(encoding="utf-8"))
    for heading, text in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", _slug(text.content))
    for token in _all(tokens):
        for name in ("href", "src"):
            address = token.attrGet(name)
            if isinstance(address, str):
                token.attrSet(name, _linked(site, source, address))
    body = renderer.renderer.render(tokens, renderer.options, {})
    return _write(site, _place(site, source), _title(source), body)


def _linked(site: Path, source: Path, address: str) -> str:
    """Return where a link of a Markdown file leads in the site; copy what it names there when it is no page."""
    path, hash_, anchor = address.partition("#")
    if not path or re.match(r"[a-z]+:", path):
        return address
    target = (source.parent / path).resolve()
    if not target.exists():
        raise FileNotFoundError(f"{source.relative_to(ROOT)} links to {address}, which is not there.")
    if target.is_dir():
        return f"{path.rstrip('/')}/index.html"
    if target.suffix == ".md":
        return f"{path.removesuffix(target.name)}{_place(site, target).name}{hash_}{anchor}"
    copy = site / target.relative_to(ROOT)
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(target, copy)
    return address


def _folder_page(site: Path, folder: Path, sources: list[Path]) -> Path:
    listed = "\n".join(
        f'<li><a href="{_place(site, one).relative_to(site / folder.relative_to(ROOT))}">{_title(one)}</a></li>'
        for one in sources
    )
    title = folder.name.capitalize()
    return _write(
        site, site / folder.relative_to(ROOT) / "index.html", title, f"<h1>{title}</h1>\n<ul>\n{listed}\n</ul>"
    )


def _place(site: Path, source: Path) -> Path:
    place = site / source.relative_to(ROOT)
    return place.with_name("index.html") if place.stem == "README" else place.with_suffix(".html")


def _title(source: Path) -> str:
    heading = re.search(r"^# (.+)$", source.read_text(encoding="utf-8"), re.MULTILINE)
    return heading[1].replace("`", "") if heading else source.stem


def _slug(text: str) -> str:
    return re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", text.lower()).strip())


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])


def _write(site: Path, page: Path, title: str, body: str) -> Path:
    page.parent.mkdir(parents=True, exist_ok=True)
    up = "../" * len(page.relative_to(site).parents[:-1])
    page.write_text(
        jinja2.Environment(autoescape=True)
        .from_string(PAGE)
        .render(title=title, up=up, body=jinja2.utils.markupsafe.Markup(body)),
        encoding="utf-8",
    )
    return page


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        pages = write_site(Path(sys.argv[1]), ParsedProject(Path(cache)).manifest)
    print(f"{len(pages)} pages: {Path(sys.argv[1]) / 'index.html'}")
