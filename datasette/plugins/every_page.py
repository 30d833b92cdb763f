"""What every page shares: how values are printed, what headers go out, what robots may do, what columns mean."""

from datetime import UTC, datetime
from urllib.parse import quote

from datasette import Response, hookimpl

from db.ask import ask, site_name
from db.dictionary import descriptions
from db.pages_front import is_demo, step_missing
from outcomes.site_words import FILTERS, ago, web_link

PAGES = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
CONTENT_POLICY = PAGES + "base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "content-security-policy": CONTENT_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


@hookimpl
def startup():
    """Datasette prints every error with all local variables, which are whole articles here; a 404 is no news."""
    from datasette import handle_exception

    handle_exception.rich = None


@hookimpl
def prepare_jinja2_environment(env):
    env.filters.update(FILTERS)
    env.filters["ago"] = lambda value: ago(value, datetime.now(UTC))


@hookimpl
def extra_template_vars(datasette, request):
    async def shared():
        return {
            "demo": await ask(datasette, is_demo),
            "step_missing": await ask(datasette, step_missing),
            "site_database": site_name(datasette),
            "robots_allowed": _robots_allowed(datasette),
            "searched": request.args.get("q", "") if request and request.path == "/search" else "",
            "here": request.path if request else "",
        }

    return shared


@hookimpl
def get_metadata(datasette, key):
    """What each table and column means. A fresh copy: Datasette writes the settings of metadata.yaml into it."""
    if key != "databases":
        return {}
    tables = {
        table: {"description": about["_"], "columns": {name: text for name, text in about.items() if name != "_"}}
        for table, about in descriptions().items()
    }
    return {"databases": {site_name(datasette): {"tables": tables}}}


@hookimpl
def render_cell(value, column, table, datasette):
    """Ids become links to their pages; an address becomes a link only where it is one of the web."""
    import markupsafe

    if value in (None, "") or not isinstance(value, str | int):
        return None
    path = ROWS.get(table) if column == "id" else LINKS.get(column)
    if path:
        return _link(datasette.urls.path(path.format(quote(str(value), safe=""))), str(value))
    if column in ("url", "canonical_url", "current_url"):
        return _link(web_link(str(value)), str(value)) if web_link(str(value)) else markupsafe.escape(value)
    return None


LINKS = {
    "claim_id": "/claim/{}", "call_id": "/claim/{}", "document_id": "/document/{}", "head_document_id": "/document/{}",
    "asset": "/asset/{}", "symbol": "/asset/{}", "driver": "/asset/{}", "response": "/asset/{}",
}  # fmt: skip


ROWS = {
    "calls": "/claim/{}", "current_calls": "/claim/{}", "figures": "/claim/{}", "current_figures": "/claim/{}",
    "correlations": "/correlation/{}", "current_correlations": "/correlation/{}", "documents": "/document/{}",
    "speakers": "/analyst/{}", "closes": "/claim/{}", "current_closes": "/claim/{}",
}  # fmt: skip


def _link(href, text):
    import markupsafe

    return markupsafe.Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(href, text)


@hookimpl
def register_routes():
    return [(r"^/robots\.txt$", robots)]


async def robots(datasette):
    rules = "Allow: /" if _robots_allowed(datasette) else "Disallow: /"
    return Response.text(f"User-agent: *\n{rules}\n")


def _robots_allowed(datasette):
    return bool((datasette.plugin_config("calledit") or {}).get("allow_robots"))


@hookimpl
def asgi_wrapper():
    def wrap(app):
        async def with_headers(scope, receive, send):
            async def send_with(event):
                if event["type"] == "http.response.start":
                    present = {name.lower() for name, _ in event["headers"]}
                    added = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in present]
                    event = {**event, "headers": [*event["headers"], *added]}
                await send(event)

            await app(scope, receive, send_with if scope["type"] == "http" else send)

        return with_headers

    return wrap
