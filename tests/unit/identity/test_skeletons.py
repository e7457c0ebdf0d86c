"""Skeletons: spellings of one name agree, and names of different people stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.skeletons import skeleton

# Ways in which one name is written in English files, by the script or alphabet that it comes from.
ONE_NAME = [
    pytest.param(("Mohammed", "Muhammad", "Mohamad", "Mohamed", "Muhamed"), id="Arabic Mohammed"),
    pytest.param(("Ahmad", "Ahmed", "Ehmed"), id="Arabic Ahmad"),
    pytest.param(("Khalid", "Khaled", "Kalid"), id="Arabic Khalid"),
    pytest.param(("Yusuf", "Yousef", "Yousuf", "Yosif"), id="Arabic Yusuf"),
    pytest.param(("Dawud", "Daoud", "Dawood", "Daud"), id="Arabic Dawud"),
    pytest.param(("Fatima", "Fatimah", "Fatema"), id="Arabic Fatima"),
    pytest.param(("Omar", "Umar", "Omer"), id="Arabic Omar"),
    pytest.param(("Hussein", "Husain", "Hossain", "Hussain"), id="Arabic Hussein"),
    pytest.param(("Gul", "Gull", "Gool"), id="Pashto Gul"),
    pytest.param(("Zazai", "Zazay", "Zazi"), id="Pashto Zazai"),
    pytest.param(("Shinwari", "Shinwary", "Shenwari"), id="Pashto Shinwari"),
    pytest.param(("Ghebremeskel", "Gebremeskel", "Gebremeskal"), id="Tigrinya Gebremeskel"),
    pytest.param(("Tsegay", "Segai", "Tsegaye"), id="Tigrinya Tsegay"),
    pytest.param(("Tesfay", "Tesfai", "Tesfaye"), id="Tigrinya Tesfay"),
    pytest.param(("Şivan", "Shivan", "Sivan"), id="Kurdish Şivan"),
    pytest.param(("Xalid", "Khalid"), id="Kurdish Xalid"),
    pytest.param(("Rêbîn", "Rebin", "Rebeen"), id="Kurdish Rebin"),
    pytest.param(("Nguyễn", "Nguyen"), id="Vietnamese Nguyen"),
    pytest.param(("Đức", "Duc"), id="Vietnamese Duc"),
    pytest.param(("Hoxha", "Hoja", "Hodja"), id="Albanian Hoxha"),
    pytest.param(("Gjon", "Jon"), id="Albanian Gjon"),
    pytest.param(("Krasniqi", "Krasniki"), id="Albanian Krasniqi"),
]


@pytest.mark.parametrize("spellings", ONE_NAME)
def test_spellings_of_one_name_have_one_skeleton(spellings: tuple[str, ...]) -> None:
    assert len({skeleton(spelling) for spelling in spellings}) == 1, [skeleton(spelling) for spelling in spellings]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed", "Ahmed"),
        ("Khalid", "Walid"),
        ("Omar", "Samir"),
        ("Yusuf", "Asif"),
        ("Hassan", "Ihsan"),
        ("Tesfay", "Tekle"),
        ("Nguyen", "Tran"),
        ("Bramric", "Bramwin"),
    ],
)
def test_other_names_stay_apart(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_letters_of_another_script_stay() -> None:
    assert skeleton("أحمد") != ""
    assert skeleton("أحمد") != skeleton("محمد")


@given(st.text(alphabet=st.characters(categories=("L", "N")), min_size=1, max_size=12))
def test_a_skeleton_is_never_empty_and_ignores_case(word: str) -> None:
    assert skeleton(word) != ""
    assert skeleton(word) == skeleton(word.lower())
