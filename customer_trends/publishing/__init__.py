"""Publish the marts of a green build for readers."""
