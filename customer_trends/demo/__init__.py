"""The demo shop: raw data whose truths are planted."""
