"""Answers requests with the predictions of a model."""
