"""Substack: invitations to subscribe and cards of other posts stand between the paragraphs of a newsletter."""

from __future__ import annotations

from lxml.html import HtmlElement

from scrapers.metadata import PageMetadata
from scrapers.sites import take_out

_WIDGETS = (
    "subscription-widget-wrap", "subscription-widget-wrap-editor", "subscription-widget", "captioned-button-wrap",
    "button-wrapper", "digest-post-embed", "embedded-post-wrap", "embedded-publication-wrap", "post-footer",
    "image-link-expand", "paywall",
)  # fmt: skip


def prepare(tree: HtmlElement, found: PageMetadata) -> PageMetadata:
    """Without widgets; the metadata is as Substack tells it."""
    take_out(tree, *_WIDGETS)
    return found
