"""A model card says what the model is for, what it knows, how good it is and where it ends."""

import json
import re
from datetime import date

import pandas as pd

from customer_trends.scoring.model_cards import render_card

RUN = {
    "job": "value",
    "model_name": "bg_nbd",
    "model_version": "3",
    "status": "baseline",
    "reason": "Too few customers.",
    "params_json": json.dumps({"features": {"frequency": "integer", "age_weeks": "number"}}),
    "data_cutoff": date(2025, 12, 31),
    "n_train": 12_345,
    "run_id": "value-0123",
    "code_version": "0.1.0+4567",
    "artifact_sha256": "89ab",
}
METRICS = pd.DataFrame(
    {
        "metric_rank": [2, 1],
        "split": ["fit", "backtest"],
        "slice_name": ["shop", "all"],
        "metric": ["r", "mae"],
        "value": [float("nan"), 1234.567],
        "baseline_name": [None, "naive"],
        "baseline_value": [float("nan"), 2000.0],
        "is_better": [None, True],
    }
)
IMPORTANCES = pd.DataFrame(
    {
        "importance_rank": [1],
        "feature": ["frequency"],
        "importance": [0.5],
        "importance_deviation": [0.01],
    }
)


def read_sections(text: str) -> dict[str, str]:
    """Split a card at its headings."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(["", *parts[1::2]], parts[::2], strict=True))


def read_cells(text: str) -> list[list[str]]:
    """Read the rows of the table in a section, without the line below its head."""
    rows = [line.strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in (rows[0], *rows[2:])]


def test_a_card_has_all_sections() -> None:
    sections = read_sections(render_card(RUN, METRICS, IMPORTANCES))
    assert list(sections) == [
        "",
        "Purpose",
        "Data",
        "Prediction moment",
        "Features",
        "Figures",
        "Importance of features",
        "Limits",
        "Provenance",
    ]
    assert sections[""].startswith("# Customer lifetime value\n")
    assert "Status: baseline: Too few customers.\n" in sections[""]
    assert "Known up to 31 December 2025; learned from 12,345 rows." in sections["Data"]
    assert sections["Features"].strip() == "`frequency`, `age_weeks`"
    assert "value-0123" in sections["Provenance"] and "89ab" in sections["Provenance"]


def test_figures_are_in_the_order_of_their_rank() -> None:
    sections = read_sections(render_card(RUN, METRICS, IMPORTANCES))
    assert read_cells(sections["Figures"]) == [
        ["split", "slice", "figure", "model", "baseline", "judgement"],
        ["backtest", "all", "mae", "1,235", "2,000 (naive)", "better"],
        ["fit", "shop", "r", "unknown", "", ""],
    ]
    assert read_cells(sections["Importance of features"])[1] == ["frequency", "0.5", "0.01"]


def test_a_card_without_importances_leaves_them_out() -> None:
    card = render_card(RUN, METRICS, IMPORTANCES.iloc[:0])
    assert "Importance" not in card and "## Limits" in card
