"""The Document tab: one document, what it refers to, and what refers to it."""
