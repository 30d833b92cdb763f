"""The page of a claim: its sentence in the article, the verdict with its arithmetic in words, chart and copies."""

import json

from datasette import NotFound, Response, hookimpl

from db import pages_claim as pages
from db.ask import ask
from db.pages import verdicts_of
from outcomes.explain import explain
from outcomes.highlights import Marked, excerpt

CHARTS = {
    "call": ("call",),
    "figure": ("figure",),
    "correlation": ("event", "grid", "rolling", "lags"),
    "close": (),
}
NEEDS = {"event": "precedes", "grid": "precedes", "rolling": "correlation", "lags": "correlation"}


@hookimpl
def register_routes():
    return [
        (r"^/(?P<page>claim|correlation)/(?P<id>[^/]+)$", claim),
        (r"^/[^/]+/(?:current_)?(?:calls|correlations|figures|closes)/(?P<id>[^/,.]+)$", by_id_alone),
    ]


async def by_id_alone(datasette, request):
    """A row of these tables is a claim as one version read it; its id alone stands for the claim."""
    return Response.redirect(datasette.urls.path(f"/claim/{request.url_vars['id']}"))


async def claim(datasette, request):
    found = await ask(datasette, pages.claim, request.url_vars["id"])
    if found is None:
        raise NotFound("There is no such claim: it may have been read from another database")
    page = "correlation" if found["claim_kind"] == "correlation" else "claim"
    if request.url_vars["page"] != page:
        return Response.redirect(datasette.urls.path(f"/{page}/{found['id']}"))
    context = {"claim": found, **await _verdicts(datasette, found), **await _surroundings(datasette, found)}
    return Response.html(await datasette.render_template("claim.html", context, request=request, view_name="claim"))


async def _verdicts(datasette, found):
    rows = await ask(datasette, verdicts_of, found["id"])
    told = [{**row, "words": explain(row, found).split("\n")[1:], "facts": json.loads(row["detail"])} for row in rows]
    main = next((row for row in told if row["measure"] == "stated"), None)
    main = main or next((row for row in told if row["measure"] == "direction" and row["horizon"] == 30), None)
    graded = {row["measure"] for row in told if row["status"] not in ("pending", "ungradable")}
    drawn = [kind for kind in CHARTS[found["claim_kind"]] if kind not in NEEDS or NEEDS[kind] in graded]
    lagged = any("lags_tried" in row["facts"] for row in told)
    return {
        "verdicts": told,
        "main": main or (told[0] if told else None),
        "charts": [kind for kind in drawn if kind != "lags" or lagged] if any(r["entry_date"] for r in told) else [],
        "grid": [row for row in told if row["measure"] == "direction"],
        "other_verdicts": [row for row in told if row["measure"] != "direction"],
        "replaced": await ask(datasette, pages.older_verdicts, found["id"]),
    }


async def _surroundings(datasette, found):
    document = await ask(datasette, pages.document, found["document_id"])
    span = Marked(found["start"], found["end"], found["claim_kind"], found["id"])
    pair = (found.get("driver"), found.get("response"), found["id"])
    closed = (found["id"], found["speaker_id"], found.get("asset"))
    return {
        "document": document,
        "excerpt": excerpt(document["text"], span, around=200),
        "copies": await ask(datasette, pages.same_story, document["cluster_id"], document["id"]),
        "drifts": await ask(datasette, pages.drifts_of, document["cluster_id"], document["id"]),
        "corrections": await ask(datasette, pages.corrections, found["id"]),
        "older": await ask(datasette, pages.older_readings, found["claim_kind"], found["id"]),
        "ended": await ask(datasette, pages.ended_calls, *closed) if found["claim_kind"] == "close" else [],
        "others": await ask(datasette, pages.others_claiming, *pair) if pair[0] else [],
    }
