"""The documentation's pages: every link leads somewhere, and each page can be read without a mouse or a picture."""

from __future__ import annotations

import json
import runpy
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipelines.warehouse.dbt import ParsedProject

ROOT = Path(__file__).parents[2]


class Page(HTMLParser):
    """What a page links to, and what it must have."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.language: str | None = None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        self.links += [address for name in ("href", "src") if (address := given.get(name))]
        if identifier := given.get("id"):
            self.ids.append(identifier)
        if tag == "html":
            self.language = given.get("lang")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, parsed_project: ParsedProject) -> dict[Path, Page]:
    """Return every page of the site, written once."""
    write_site = runpy.run_path(str(ROOT / "scripts" / "docs.py"))["write_site"]
    written = write_site(tmp_path_factory.mktemp("docs") / "site", parsed_project.manifest)
    return {path.resolve(): Page(path) for path in written}


def test_every_link_leads_to_a_page_and_a_place_that_are_there(pages: dict[Path, Page]) -> None:
    broken = []
    for path, page in pages.items():
        for link in page.links:
            if link.startswith(("http:", "https:", "mailto:")):
                continue
            place, _, anchor = unquote(link).partition("#")
            target = (path.parent / place).resolve() if place else path
            if not target.is_file() or (anchor and anchor not in pages[target].ids):
                broken.append(f"{path.name}: {link}")

    assert broken == []
    assert sum(len(page.links) for page in pages.values()) > 100


def test_every_page_has_a_language_one_title_one_first_heading_and_a_way_past_the_menu(pages: dict[Path, Page]) -> None:
    for path, page in pages.items():
        assert page.language == "en-GB", path
        assert (page.tags.count("title"), page.tags.count("h1"), page.tags.count("main")) == (1, 1, 1), path
        assert page.links[0] == "#content", path
        assert "script" not in page.tags, path


def test_every_measure_and_every_model_has_its_place(pages: dict[Path, Page], parsed_project: ParsedProject) -> None:
    by_name = {path.name: page for path, page in pages.items()}
    models = [node["name"] for node in parsed_project.manifest["nodes"].values() if node["resource_type"] == "model"]

    assert set(models) <= set(by_name["models.html"].ids)
    assert {"bnb_nights", "spoc_named"} <= set(by_name["measures.html"].ids)
    assert len(json.dumps(by_name["measures.html"].ids)) > 500
