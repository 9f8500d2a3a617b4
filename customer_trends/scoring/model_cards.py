"""Model cards: what each model is for, what it knows when, how good it is, where it ends."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from skops.card import Card

from customer_trends.scoring.access import ScoreAccess
from customer_trends.scoring.score_store import ScoreStore

SHOWN_METRICS, SHOWN_FEATURES = 24, 15


@dataclass(frozen=True)
class CardText:
    """What people should know of a job beyond its figures.

    Attributes
    ----------
    title
        Heading of the card.
    purpose
        What the scores are for.
    data
        What the model learns from.
    moment
        Prediction moment: as of when something counts as known.
    limits
        Where not to trust it.
    """

    title: str
    purpose: str
    data: str
    moment: str
    limits: str


CARD_TEXTS = {
    "segments": CardText(
        "Customer segments",
        "Groups customers by income and spending, and folds the groups into the tiers high, medium "
        "and low. For choosing whom to address; not for deciding about single people.",
        "dim_customers: annual income and spending score; fct_customer_totals: frequency and "
        "monetary of RFM where a source has no spending score.",
        "The last day of the data. Between refits customers are compared with the same centres.",
        "The number of groups is the best of the stable ones; where groups overlap, a customer "
        "near a border is in one of them by little. Groups of sources with different bases cannot "
        "be compared.",
    ),
    "value": CardText(
        "Customer lifetime value",
        "Says whether a customer still buys, how often, and for how much in 3, 6 and 12 months. "
        "For ranking customers and for planning totals.",
        "Purchase days of qualifying orders, and net sales of repeat purchase days, per customer "
        "(fct_customer_purchases); margin rates of fct_customer_totals.",
        "The last day of the data; later returns of old orders count against them.",
        "Purchases are taken to be independent of season and campaigns, and of their value. The "
        "simple formula beside the model ranks customers about as well, but its totals are too "
        "high where customers are young.",
    ),
    "forecast": CardText(
        "Sales forecast",
        "Sales after discount of the next six months, in total, per region, per category and for "
        "both together, with intervals of 80 and 95 percent. The levels add up.",
        "Complete calendar months of fct_sales_cells.",
        "The end of the last complete month. The first month ahead may be the running one: what it "
        "has sold so far is not looked at.",
        "Knows only earlier sales: no campaign, price or assortment that is yet to come. Under 24 "
        "months it repeats the year before. Beyond six months intervals are too narrow.",
    ),
    "order_status": CardText(
        "Order status",
        "Probability that an order will be completed, cancelled or returned. For looking after "
        "orders at risk.",
        "Settled orders with their lines and the history of their customers before them.",
        "The placement of the order: no later date, refund, review or ticket is looked at.",
        "Probabilities of groups are right on average, not those of single orders; groups of "
        "a few dozen orders are drawn towards the mean. All are as of the placement: an order that "
        "has arrived keeps its chance to be cancelled. Orders without lines are left out.",
    ),
    "support_status": CardText(
        "Support status",
        "Probability that a ticket will be escalated, and the status it will come to. For choosing "
        "which tickets to take first.",
        "Settled tickets, the backlog of the day they were opened, and earlier orders and tickets.",
        "The opening of the ticket: neither its end nor how it was handled is looked at.",
        "Escalated means unresolved when the SLA ends, and a complaint or of high severity; for "
        "other tickets the probability is 0. The linear model takes the steps from resolved to "
        "open to escalated to be equal.",
    ),
    "order_value": CardText(
        "Order value",
        "Value of the next order (goods, tax and shipping) of each customer. For comparing "
        "customers before a campaign.",
        "Orders with the history of their customers before them, category and month.",
        "Before the basket exists: neither price nor quantity of the order is known.",
        "Says what an order is worth if there is one, not whether there will be one; the job value "
        "says that.",
    ),
}


def write_cards(access: ScoreAccess, folder: Path) -> list[Path]:
    """Write a card for the latest run of each job.

    Parameters
    ----------
    access
        Where the runs are.
    folder
        Where the cards go; it is made if need be.

    Returns
    -------
    list of Path
        One Markdown file per job that has a run.
    """
    names = ("ml_model_runs", "ml_model_metrics", "ml_feature_importance")
    runs, metrics, importances = map(ScoreStore(access.warehouse).read_scores, names)
    latest = runs.sort_values(["scored_at", "trained_at", "run_id"]).groupby("job").tail(1)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for run in latest.to_dict("records"):
        if run["job"] in CARD_TEXTS:
            own = (table[table["run_id"] == run["run_id"]] for table in (metrics, importances))
            path = folder / f"{run['job']}.md"
            path.write_text(render_card(run, *own), encoding="utf-8")
            written.append(path)
    return sorted(written)


def render_card(run: Mapping[Any, Any], metrics: pd.DataFrame, importances: pd.DataFrame) -> str:
    """Write the card of a run.

    Parameters
    ----------
    run
        Row of ``ml_model_runs``.
    metrics, importances
        Rows of ``ml_model_metrics`` and ``ml_feature_importance`` of that run.

    Returns
    -------
    str
        Markdown.
    """
    text = CARD_TEXTS[run["job"]]
    features = json.loads(run["params_json"])["features"]
    reason = f": {run['reason']}" if isinstance(run["reason"], str) else ""
    # The model itself stays in its file: a card is written without loading it.
    card = Card(model=None, model_diagram=False, template=None)
    sections = {
        "": f"Model `{run['model_name']}`, version {run['model_version']}. "
        f"Status: {run['status']}{reason}.".replace("..", "."),
        "Purpose": text.purpose,
        "Data": f"{text.data} Known up to {run['data_cutoff']:%d %B %Y}; learned from "
        f"{run['n_train']:,} rows.",
        "Prediction moment": text.moment,
        "Features": ", ".join(f"`{name}`" for name in features) or "None.",
    }
    for heading, content in sections.items():
        card.add(**{_find_place(text.title, heading): content})
    _add_table(card, text.title, "Figures", list_metrics(metrics))
    if len(importances):
        _add_table(card, text.title, "Importance of features", list_importances(importances))
    card.add(**{_find_place(text.title, "Limits"): text.limits})
    provenance = (
        f"Run `{run['run_id']}`, code {run['code_version']}, model file SHA-256 "
        f"`{run['artifact_sha256']}`."
    )
    card.add(**{_find_place(text.title, "Provenance"): provenance})
    return f"{card.render().strip()}\n"


def _find_place(title: str, heading: str) -> str:
    """Name the place of a section in a card: below the title."""
    return f"{title}/{heading}" if heading else title


def _add_table(card: Card, title: str, heading: str, rows: Mapping[str, list[str]]) -> None:
    """Add a section that is a table."""
    place = _find_place(title, heading)
    card.add_table(**{place: rows})
    # Its heading would be the complete place.
    card.select(place).title = heading


def list_metrics(metrics: pd.DataFrame) -> dict[str, list[str]]:
    """List the first figures of a run.

    Parameters
    ----------
    metrics
        Rows of ``ml_model_metrics``.

    Returns
    -------
    dict
        Column to texts.
    """
    shown = metrics.sort_values("metric_rank").head(SHOWN_METRICS).to_dict("records")
    return {
        "split": [row["split"] for row in shown],
        "slice": [row["slice_name"] for row in shown],
        "figure": [row["metric"] for row in shown],
        "model": [_show(row["value"]) for row in shown],
        "baseline": [
            f"{_show(row['baseline_value'])} ({row['baseline_name']})"
            if isinstance(row["baseline_name"], str)
            else ""
            for row in shown
        ],
        "judgement": [
            "" if pd.isna(row["is_better"]) else "better" if row["is_better"] else "not better"
            for row in shown
        ],
    }


def list_importances(importances: pd.DataFrame) -> dict[str, list[str]]:
    """List the most important features of a run.

    Parameters
    ----------
    importances
        Rows of ``ml_feature_importance``.

    Returns
    -------
    dict
        Column to texts.
    """
    shown = importances.sort_values("importance_rank").head(SHOWN_FEATURES).to_dict("records")
    return {
        "feature": [row["feature"] for row in shown],
        "loss when shuffled": [_show(row["importance"]) for row in shown],
        "deviation": [_show(row["importance_deviation"]) for row in shown],
    }


def _show(value: float) -> str:
    """Write a figure with four digits."""
    return "unknown" if pd.isna(value) else f"{value:,.4g}"
