"""What a stranger got wrong in an address is told as such (400, 404), not as an error of the server (500)."""

from sqlite3 import ProgrammingError

from datasette import NotFound, hookimpl
from datasette import handle_exception as datasette_errors
from datasette.views.base import DatasetteError

from db.pages import UnknownHorizonError

BY_KEY = "A row of this table is found by the values of its whole key, with commas between them"


@hookimpl
def handle_exception(datasette, request, exception):
    """Datasette raises its own errors, such as "Cannot sort table by x", with status 500 unless it says otherwise."""
    if isinstance(exception, DatasetteError) and exception.status == 500:
        exception.status = 400
    if isinstance(exception, UnknownHorizonError):
        return datasette_errors.handle_exception(datasette, request, DatasetteError(str(exception), status=400))
    if "pks" in (request.url_vars or {}) and _lacks_part_of_key(exception):
        return datasette_errors.handle_exception(datasette, request, NotFound(BY_KEY))
    return None


def _lacks_part_of_key(exception):
    """`/calledit/prices/BTC`, where the key is symbol and day: SQLite misses the value of a parameter."""
    return isinstance(exception, ProgrammingError) and "value for binding" in str(exception)
