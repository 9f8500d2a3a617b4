"""How orders and support tickets will end, and what orders will be worth."""
