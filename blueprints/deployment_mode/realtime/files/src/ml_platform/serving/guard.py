"""What every request passes before a handler sees it: a limit on its body, an id, and the time at which it came."""

import re
import uuid
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestGuard:
    """ASGI middleware that sets `request.state.request_id` and `.started`, and answers too large bodies with 413."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._limit = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI event stream."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        # An id of the caller's is kept only where it cannot smuggle anything into the logs.
        request_id = given if REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        scope.setdefault("state", {}).update(request_id=request_id, started=perf_counter())
        detail = f"the body may have at most {self._limit} bytes"
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413, detail)
            return message

        async def labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._limit:
            refused = JSONResponse({"detail": detail, "request_id": request_id}, status_code=413)
            await refused(scope, receive, labelled)
            return
        await self._app(scope, counted, labelled)
