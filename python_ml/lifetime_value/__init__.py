"""What customers will still spend: BG/NBD and Gamma-Gamma."""
