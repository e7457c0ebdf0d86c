"""Senders have names that people know."""

from __future__ import annotations

from pipelines.contracts import load_contracts
from pipelines.landing.senders import authorities_of_senders, names_of_senders


def test_every_sender_has_a_name() -> None:
    senders = {sender for family in load_contracts().families for sender in authorities_of_senders(family)}
    assert senders <= names_of_senders().keys()
    assert all(name[:1].isupper() for name in names_of_senders().values())


def test_a_district_is_known_by_its_name() -> None:
    assert names_of_senders()["E07000108"] == "Dover"
    assert names_of_senders()["kent_homechoice"] == "Kent Homechoice"
