"""What a text asks for: to be left alone, to be written to again, or help."""

from libs.common.keywords.reading import Keyword, read

__all__ = ["Keyword", "read"]
