"""The main job, shown with a sandbox Odoo and a sandbox shop: Odoo's envelopes are written, then edits go both ways.

`python -m app.demo` shows it and keeps serving; `--once` ends after the show, with 0 if every step came out right.
"""
