"""The dbt project: its folder, profiles and declarations of sources."""
