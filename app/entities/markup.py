"""Any markup read as a browser reads it, without a failure and in a time that grows with its length. Pure.

The library's reader stumbles over `<![…` (Python 3.11), and goes over the rest again for every tag that never ends:
fifteen kilobytes of `<a ` took it a quarter of a minute, in which the process did nothing else.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

_BEGUN: Final = re.compile(r"<[a-zA-Z/!?]")


class MarkupReader(HTMLParser):
    """For sub-classes that handle tags and text, as the library's. `read` once, with all there is."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def read(self, markup: str) -> None:
        """What has begun as a tag or a comment and never ends is not shown."""
        self.feed(markup)
        if not _BEGUN.match(self.rawdata):
            self.handle_data(unescape(self.rawdata))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """`<![if …]>` and the like are comments, up to the next `>`."""
        return self.parse_bogus_comment(i, report)
