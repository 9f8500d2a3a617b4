"""The pages in their order: address, title, icon."""

PAGES = (
    ("overview", "Overview", ":material/dashboard:"),
    ("customers", "Customers", ":material/group:"),
    ("trends", "Trends", ":material/trending_up:"),
    ("geography", "Geography", ":material/map:"),
    ("operations", "Operations", ":material/local_shipping:"),
    ("quality", "Quality", ":material/verified:"),
)
