import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Explore the sources")

with app.setup:
    import altair as alt
    import marimo as mo

    from customer_trends.charts.style import paint
    from customer_trends.exploration.exploration import (
        correlate,
        count_bins,
        describe_numbers,
        find_outliers,
        list_loaded_tables,
        list_numbers,
        open_raw,
        profile_columns,
        read_typed,
        summarise_tables,
    )


@app.cell
def _():
    mo.md("""
    # Explore the sources

    The raw tables, unmodified: what is in them, what is missing, what is unusual. The notebook
    finds the sources that are loaded in the warehouse by itself and changes nothing.
    """)
    return


@app.cell
def _():
    connection = open_raw()
    tables = list_loaded_tables(connection)
    mo.stop(
        tables.empty,
        mo.md("No raw table has rows yet: run `customer-trends load SOURCE FILES`."),
    )
    summary = summarise_tables(connection, tables)
    summary
    return connection, summary


@app.cell
def _(summary):
    names = list(summary["raw_table"])
    table_choice = mo.ui.dropdown(options=names, value=names[0], label="Table")
    table_choice
    return (table_choice,)


@app.cell
def _(connection, table_choice):
    profile = profile_columns(connection, table_choice.value)
    sample = read_typed(connection, table_choice.value)
    mo.vstack([mo.md("## Columns, nulls and kinds, over all rows"), profile])
    return profile, sample


@app.cell
def _(sample):
    numbers = list_numbers(sample)
    mo.vstack(
        [
            mo.md(f"## Figures ({len(sample):,} rows)"),
            describe_numbers(sample),
            mo.md("## Outliers: outside Tukey's fences"),
            find_outliers(sample),
        ]
    )
    return (numbers,)


@app.cell
def _(numbers):
    mo.stop(not numbers, mo.md("This table has no figures: nothing to draw."))
    column_choice = mo.ui.dropdown(options=numbers, value=numbers[0], label="Distribution of")
    column_choice
    return (column_choice,)


@app.cell
def _(column_choice, sample):
    bins = count_bins(sample, column_choice.value)
    distribution = paint(
        alt.Chart(bins, width=560, height=220, title=f"Distribution of {column_choice.value}")
        .mark_bar()
        .encode(
            x=alt.X("bin_start:Q", bin="binned", title=column_choice.value),
            x2="bin_end",
            y=alt.Y("row_count:Q", title="Rows"),
            tooltip=["bin_start", "bin_end", "row_count"],
        )
    )
    distribution
    return (bins,)


@app.cell
def _(numbers, sample):
    pairs = correlate(sample)
    mo.stop(len(numbers) < 2, mo.md("One figure alone has no correlation."))
    paint(
        alt.Chart(pairs, width=420, height=420, title="Correlation of the figures")
        .mark_rect()
        .encode(
            x=alt.X("first:N", title=None),
            y=alt.Y("second:N", title=None),
            color=alt.Color("correlation:Q", scale=alt.Scale(domain=[-1, 1], scheme="blueorange")),
            tooltip=["first", "second", alt.Tooltip("correlation:Q", format=".2f")],
        )
    )
    return (pairs,)


@app.cell
def test_profile_counts_every_row(profile, summary, table_choice):
    rows = summary.set_index("raw_table")["row_count"][table_choice.value]
    assert (profile["row_count"] == rows).all()
    assert profile["null_share"].between(0, 1).all()
    assert set(profile["kind"]) <= {"number", "date", "text", "empty"}
    return


@app.cell
def test_bins_hold_every_value(bins, column_choice, sample):
    assert bins["row_count"].sum() == sample[column_choice.value].notna().sum()
    return


@app.cell
def test_correlation_is_symmetric(numbers, pairs):
    matrix = pairs.pivot(index="first", columns="second", values="correlation")
    assert matrix.shape == (len(numbers), len(numbers))
    assert matrix.equals(matrix.T.rename_axis(index="first", columns="second"))
    return


if __name__ == "__main__":
    app.run()
