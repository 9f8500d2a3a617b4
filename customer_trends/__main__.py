"""Run the command line with ``python -m customer_trends``."""

from customer_trends.cli.main import main

if __name__ == "__main__":
    main()
