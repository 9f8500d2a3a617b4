"""Charts over the marts: each a query, a drawing and a finding."""
