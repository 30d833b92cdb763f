"""The canned queries, with their parameters explained; they work whatever the database is called."""

from datasette import hookimpl

from db.ask import ask, site_name
from db.queries import misfits, options, queries


@hookimpl
def canned_queries(datasette, database):
    if database != site_name(datasette):
        return {}
    return {
        query.name: {
            "sql": query.sql.strip(),
            "title": query.title,
            "description": query.plainly,
            "params": [parameter.name for parameter in query.parameters],
            "hide_sql": True,
        }
        for query in queries().values()
    }


@hookimpl
def extra_template_vars(datasette, request, view_name):
    name = request.path.rpartition("/")[2] if request and view_name in ("query", "table") else None
    query = queries().get(name)
    if query is None:
        return {}

    async def fields():
        known = await ask(datasette, options, query)
        told = misfits(query, {name: request.args[name] for name in request.args}, known)
        return {"question": query, "question_options": known, "misfits": told}

    return fields
