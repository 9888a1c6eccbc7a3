"""The main job, shown: a sandbox Odoo posts the example events, the service writes them into a sandbox shop.

`python -m app.demo` shows it and keeps serving; `--once` ends after the show, with 0 if every step came out right.
"""
