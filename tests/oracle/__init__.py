"""An independent computation of every mart in plain Python, from raw rows of small random shops."""
