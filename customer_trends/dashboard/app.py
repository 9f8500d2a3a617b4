"""The dashboard; started by `make dashboard`."""

from contextlib import ExitStack
from pathlib import Path

import streamlit as st

from customer_trends.dashboard.data import STAMP, find_source, look
from customer_trends.dashboard.filters import FILTERS, choose_filters
from customer_trends.dashboard.navigation import PAGES
from customer_trends.dashboard.published_data import SourceUnavailableError
from customer_trends.dashboard.states import UNAVAILABLE

# How often the page looks whether something new was published.
LOOK_EVERY_SECONDS = 3


@st.fragment(run_every=LOOK_EVERY_SECONDS)
def watch() -> None:
    """Run the page again when something new was published, or when it can be read again."""
    try:
        now = find_source().stamp()
    except SourceUnavailableError:
        now = None
    if now != st.session_state.get(STAMP):
        st.rerun(scope="app")


def main() -> None:
    """Show the page that is chosen."""
    st.set_page_config("Customer trends", Path(__file__).with_name("icon.svg"), layout="wide")
    page = st.navigation(
        [
            st.Page(
                f"page_{name}.py", title=title, icon=icon, url_path=name, default=name == "overview"
            )
            for name, title, icon in PAGES
        ]
    )
    st.session_state.pop(UNAVAILABLE, None)
    # Stays None when nothing can be read; what can be read, yet is no use, is not tried again.
    st.session_state[STAMP] = None
    with ExitStack() as block:
        try:
            block.enter_context(find_source().reading())
            look()
            with st.sidebar:
                st.session_state[FILTERS] = choose_filters()
        except SourceUnavailableError as error:
            st.session_state[UNAVAILABLE] = error
        page.run()
    watch()


if __name__ == "__main__":
    main()
