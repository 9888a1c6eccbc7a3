"""The main job, shown with a sandbox Odoo and sandboxes of two shops: envelopes, edits both ways, and a second shop.

`python -m app.demo` shows it and keeps serving; `--once` ends after the show, with 0 if every step came out right.
"""
