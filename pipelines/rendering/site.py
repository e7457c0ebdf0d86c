"""A web site of one edition: an index, the packs, the districts, the young people's pages, the measures, and a search.

The internal edition's also says where each figure comes from (`traces`).

What belongs here: the pages that no pack is (index, catalogue of measures, search), and which packs a site holds. What
does not: the packs themselves. Nothing on it is fetched from anywhere else; it works from a folder, without a server.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape as in_html
from pathlib import Path
from typing import Any

import yaml
from lxml import html  # type: ignore[import-untyped]

from pipelines import project_files
from pipelines.editions import EDITIONS, INTERNAL, PUBLIC
from pipelines.progress import Progress, silent
from pipelines.rendering import conversion, traces
from pipelines.rendering.errors import RenderingError
from pipelines.rendering.packs import ALL, FORMATS, PACKS, STAGE, TRACES, WORKERS, Rendered, put, render
from pipelines.rendering.story.figures import FigureSet, load_figures
from pipelines.rendering.story.markdown import escape
from pipelines.rendering.story.periods import Quarter, in_words
from pipelines.rendering.story.sign_off import status_words
from pipelines.tracing import Asked, Behind, Lineage, TracedEvent, behind_figures, traced_events
from pipelines.warehouse.build import Build
from pipelines.warehouse.database import open_for_reading

INDEX, MEASURES, SEARCH = "index.html", "measures.html", "search.html"
PAGES = ("district", "young_people")
"""What a site holds beside the boards' packs; the exceptions list is on none."""
FORMAT_WORDS = {"html": "web page", "pdf": "PDF", "docx": "Word", "xlsx": "spreadsheet"}
PACK_WORDS = {
    "khog": "Pack for the Kent Housing Options Group",
    "corporate_parenting_board": "Pack for the Corporate Parenting Board",
    "young_people": "Page for young people",
}
OWN_HTML_HERE = "OWN-HTML-STANDS-HERE"
TITLE_HERE = "TITLE-STANDS-HERE"
LONGEST_TEXT = 600
COUNTED_AS = {
    "flow": "what began in the period",
    "stock": "what there was on its last day",
    "nights": "nights in the period",
    "span": "people it touched in the period",
    "duration": "days: middle value and 90th centile",
    "share": "a share",
    "forecast": "what is expected in each quarter to come",
}


@dataclass(frozen=True)
class Site:
    """A site that was made: its first page and every pack and page on it."""

    index: Path
    rendered: tuple[Rendered, ...]


def render_site(
    build: Path,
    out: Path,
    *,
    edition: str = PUBLIC,
    pack_formats: Sequence[str] = FORMATS,
    progress: Progress = silent,
) -> Site:
    """Make the site of one edition in the folder `out`, and return it. Pages beside the packs are web pages only.

    Raises FiguresNotFoundError and RenderingError as `render` does, and RenderingError where the folder holds a site of
    another edition, whose pages would stand among those of this one.
    """
    _require_own_folder(out, edition)
    packs = render(build, out, packs=ALL, formats=pack_formats, edition=edition, progress=progress, home=INDEX)
    pages = render(build, out, packs=PAGES, formats=["html"], edition=edition, progress=progress, home=INDEX)
    rendered = (*packs, *pages)
    authorities = sorted({one.authority for one in rendered})
    figures = {one: load_figures(build, authority=one, edition=edition) for one in authorities}
    progress(STAGE, "site: index, measures, search")
    with tempfile.TemporaryDirectory(prefix="lh-site-") as folder:
        writer = Writer(Path(folder) / "r", out, next(iter(figures.values())), edition)
        index = writer.write(
            INDEX,
            "Care leavers’ housing: packs and pages",
            "Everything in one place",
            _index(rendered, figures, edition),
        )
        writer.write(
            MEASURES,
            "Care leavers’ housing: measures",
            "What is counted, and how",
            _catalogue(rendered, figures, edition),
        )
        if edition == INTERNAL:
            progress(STAGE, "site: where each figure comes from")
            write_traces(build, out, figures, writer)
        found = [entry for one in rendered if one.format == "html" for entry in _entries(one.path)]
        found += list(_entries(out / MEASURES))
        writer.write(SEARCH, "Care leavers’ housing: search", "Find a table or a page", OWN_HTML_HERE, _search(found))
    return Site(index, rendered)


def _require_own_folder(out: Path, edition: str) -> None:
    """Refuse a folder with pages of another edition: what is put on a public server must hold none of the internal."""
    others = [other for other in EDITIONS if other != edition and any(out.glob(f"*_{other}.*"))]
    if others:
        raise RenderingError(
            f"{out} holds a site of the {others[0]} edition. Give the {edition} edition a folder of its own with "
            "--out, or remove that site first."
        )


def write_traces(build: Path, out: Path, figures: Mapping[str, FigureSet], writer: Writer) -> list[Path]:
    """Write into `out` for each measure of each authority where its figures come from; return the pages.

    Beside them stand an index and what the last refresh changed; such pages of an earlier quarter are removed. Every
    query is asked for all measures together, and one page is converted for all.
    """
    # A build is compared by what a refresh is made of, and a refresh renders packs.
    from pipelines.comparison import since_the_build_before  # noqa: PLC0415

    at = Build(build.name, build)
    change, lineage = since_the_build_before(at), Lineage(at)
    page = writer.convert(TRACES, TITLE_HERE, "Where the figures come from", traces.skeleton(), traced=True)
    pages, listed = [], []
    with open_for_reading(at.warehouse, threads=WORKERS) as warehouse:
        for of in figures.values():
            behind: dict[str, Behind] = {}
            events: dict[str, list[TracedEvent]] = {}
            for asked, measures in _asked(of).items():
                sums = behind_figures(warehouse, asked)
                first = traces.by_measure(traced_events(warehouse, asked, most=traces.LISTED))
                behind |= {measure: sums[measure] for measure in measures if measure in sums}
                events |= {measure: first[measure] for measure in measures if measure in first}
            traced = [
                traces.Traced(
                    of,
                    measure,
                    behind.get(measure, Behind()),
                    events.get(measure, []),
                    lineage.models(measure),
                    lineage.sql(measure),
                    change,
                )
                for measure in of.measures()
            ]
            listed.append((of, traced))
            for one in traced:
                made = writer.folder / of.trace_page(one.measure)
                words = traces.filled(page, one).replace(TITLE_HERE, in_html(traces.title(one)))
                made.write_text(words, encoding="utf-8")
                pages.append(put(made, out))
    title = "Care leavers’ housing: where the figures come from"
    pages.append(writer.write(TRACES, title, "From the figures to the files", OWN_HTML_HERE, traces.index(listed)))
    title = "Care leavers’ housing: what the last refresh changed"
    words = traces.changes(listed, change)
    pages.append(writer.write(traces.CHANGES, title, "From loads to figures", OWN_HTML_HERE, words, traced=True))
    for path in {*out.glob("trace_*.html")} - {*pages}:
        path.unlink()
    return pages


def _asked(figures: FigureSet) -> dict[Asked, list[str]]:
    """Return which events to ask for together, and of which measures: those of the same quarters."""
    groups: dict[tuple[Quarter, ...], list[str]] = {}
    for measure in figures.measures():
        groups.setdefault(figures.traced_quarters(measure), []).append(measure)
    return {
        Asked(
            figures.authority,
            quarters[0].first_day,
            quarters[-1].after(1).first_day,
            measures[0] if len(measures) == 1 else None,
        ): measures
        for quarters, measures in groups.items()
    }


@dataclass(frozen=True)
class Writer:
    """Writes pages of Markdown with the packs' theme."""

    folder: Path
    out: Path
    figures: FigureSet
    edition: str

    def write(  # noqa: PLR0913 - what a page consists of
        self, name: str, title: str, subtitle: str, markdown: str, in_place: str = "", *, traced: bool = False
    ) -> Path:
        """Write one page; `in_place` is HTML of our own that takes the place of the mark in it."""
        made = self.folder / name
        page = self.convert(name, title, subtitle, markdown, traced=traced)
        made.write_text(page.replace(f"<p>{OWN_HTML_HERE}</p>", in_place), encoding="utf-8")
        return put(made, self.out)

    def convert(self, name: str, title: str, subtitle: str, markdown: str, *, traced: bool = False) -> str:
        """Return one page as HTML with the packs' theme; `traced` ones lead to the index of where figures come from."""
        if not self.folder.exists():
            ignored = shutil.ignore_patterns("__pycache__", "*.py", "*.qmd")
            shutil.copytree(project_files.reports(), self.folder, ignore=ignored)
        said = {
            "status": status_words(self.figures.build.sign_off),
            "edition": EDITIONS[self.edition],
            "quarter": self.figures.current_quarter.label,
            "as-at": f"Data as at {in_words(self.figures.as_at)}",
            **({"home": INDEX} if name != INDEX else {}),
            **({"traces": TRACES} if traced else {}),
        }
        metadata = yaml.safe_dump({"pack": said}, allow_unicode=True)
        (self.folder / conversion.METADATA).write_text(metadata, encoding="utf-8")
        source = self.folder / f"{Path(name).stem}.md"
        header = yaml.safe_dump({"title": title, "subtitle": subtitle}, allow_unicode=True)
        source.write_text(f"---\n{header}---\n\n{markdown}\n", encoding="utf-8")
        made = self.folder / name
        conversion.to_html(source, made, conversion.read_project(self.folder))
        return made.read_text(encoding="utf-8")


def _index(rendered: Sequence[Rendered], figures: Mapping[str, FigureSet], edition: str) -> str:
    """Return the index: for each authority its packs in every format, its page for young people and its districts."""
    traced = (
        f" See also [where the figures come from]({TRACES}) and [what the last refresh changed]({traces.CHANGES})."
        if edition == INTERNAL
        else ""
    )
    lines = [f"[Search everything]({SEARCH}) or see [what is counted, and how]({MEASURES}).{traced}", ""]
    for authority, of in figures.items():
        name = of.labels.label("authority", authority)
        own = [one for one in rendered if one.authority == authority]
        lines += [f"# {escape(name)}", ""]
        for pack in dict.fromkeys(one.pack for one in own if not one.area):
            words = PACK_WORDS.get(pack, pack)
            links = ", ".join(
                f"[{escape(words)}, {FORMAT_WORDS[one.format]}]({one.path.name})" for one in own if one.pack == pack
            )
            lines.append(f"- {links}")
        lines += ["", f"## Districts of {escape(name)}", ""]
        for one in own:
            if one.area:
                lines.append(f"- [{escape(of.labels.label('area', one.area))}]({one.path.name})")
        lines.append("")
    return "\n".join(lines)


def _catalogue(rendered: Sequence[Rendered], figures: Mapping[str, FigureSet], edition: str) -> str:
    """Return every measure and promise of the edition: definition, clause, version, how counted, where shown."""
    pages = _pages_of_measures(rendered)
    lines = []
    labels = next(iter(figures.values())).labels
    measures = {measure for of in figures.values() for measure in of.measures()}
    for measure in sorted(measures, key=labels.measure_order):
        about = labels.measure(measure)
        counted = COUNTED_AS.get(str(about.get("counted_as")), "")
        lines += [
            f"# {escape(labels.title(measure))}",
            "",
            escape(str(about.get("definition") or "No definition is stored.")),
            "",
            f"Counted: {counted}. Protocol clause {about.get('clause') or 'none'}. "
            f"Version {about.get('definition_version') or 'not stated'}. Id: {escape(measure)}.",
            "",
        ]
        shown = [f"[{escape(_pack_name(one, figures))}]({one.path.name})" for one in pages.get(measure, [])]
        lines += [f"Shown in: {', '.join(shown)}." if shown else "Shown on no page of this edition.", ""]
        if edition == INTERNAL:
            pages_of = [
                f"[{escape(labels.label('authority', authority))}]({of.trace_page(measure)})"
                for authority, of in figures.items()
                if measure in of.measures()
            ]
            lines += [f"Where its figures come from: {', '.join(pages_of)}.", ""]
    return "\n".join(lines)


def _pack_name(one: Rendered, figures: Mapping[str, FigureSet]) -> str:
    return f"{figures[one.authority].labels.label('authority', one.authority)}: {PACK_WORDS.get(one.pack, one.pack)}"


def _pages_of_measures(rendered: Sequence[Rendered]) -> dict[str, list[Rendered]]:
    """Return for each measure the boards' packs that show it, by their lists of figures."""
    pages: dict[str, list[Rendered]] = {}
    for one in rendered:
        if one.format != "html" or one.pack not in ALL:
            continue
        listed = json.loads(one.figures.read_text(encoding="utf-8"))["figures"]
        for measure in {str(figure["id"]).split("/")[1] for figure in listed if str(figure["id"]).count("/") > 1}:
            pages.setdefault(measure, []).append(one)
    return pages


def _entries(page: Path) -> Iterator[dict[str, str]]:
    """Return what the search finds of a page: each section's heading, address and words."""
    root: Any = html.parse(str(page)).getroot()
    subtitle = root.xpath("//p[@class='subtitle']")[0].text_content()
    title = f"{' '.join(root.findtext('.//h1').split())} ({' '.join(subtitle.split())})"
    for section in root.xpath("//main//section[@id]"):
        heading = section.xpath("./*[self::h2 or self::h3]")
        if not heading:
            continue
        own = section.xpath("./p|.//caption|.//figcaption|.//tbody//th|.//dt|./ul/li")
        words = " ".join(" ".join(part.text_content().split()) for part in own)
        yield {
            "page": title,
            "heading": " ".join(heading[0].text_content().split()),
            "address": f"{page.name}#{section.get('id')}",
            "words": words[:LONGEST_TEXT],
        }


def _search(entries: Sequence[dict[str, str]]) -> str:
    """Return the search as HTML: a form, a place for what is found, the index, and the program that reads it."""
    listed = json.dumps(list(entries), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    program = (project_files.reports() / "theme" / "search.js").read_text(encoding="utf-8")
    return (
        '<form role="search" class="search" id="search-form">'
        '<label for="search-words">Words to look for</label> '
        '<input id="search-words" name="words" type="search" autocomplete="off"> <button>Search</button></form>'
        '<p id="search-said" role="status"></p><ol id="search-found"></ol>'
        f'<noscript><p>The search needs JavaScript. The <a href="{in_html(INDEX)}">index</a> lists everything.</p>'
        f'</noscript><script type="application/json" id="search-index">{listed}</script><script>{program}</script>'
    )


__all__ = ["INDEX", "MEASURES", "PACKS", "SEARCH", "Site", "render_site"]
