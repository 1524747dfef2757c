"""The process behind a Bokeh webapp, as DSS starts it: ``./backend`` holds nothing but the text of backend.py, as main.py.

``python -m dataiku.webapps.run_bokeh ./backend 1 127.0.0.1 <port>``; port 0 takes a free one. It ends when its input is closed.
"""

import sys
import threading

_headers = {}


def get_session_headers(session_id):
    return _headers[session_id]


def main(folder, processes, host, port):
    from bokeh.application import Application
    from bokeh.application.handlers import DirectoryHandler
    from bokeh.application.handlers.handler import Handler
    from bokeh.server.server import Server

    class KeepHeaders(Handler):
        def modify_document(self, doc):
            _headers[doc.session_context.id] = dict(doc.session_context.request.headers)

    application = Application(KeepHeaders(), DirectoryHandler(filename=folder))
    server = Server({"/backend": application}, port=int(port), address=host, num_procs=int(processes), allow_websocket_origin=["*"])
    server.start()
    print(f"listening on {server.port}", flush=True)  # noqa: T201 - DSS reads it
    threading.Thread(target=_end_with_input, args=(server,), daemon=True).start()
    server.io_loop.start()


def _end_with_input(server):
    sys.stdin.read()
    server.io_loop.add_callback(server.io_loop.stop)


if __name__ == "__main__":
    sys.modules["dataiku.webapps.run_bokeh"] = sys.modules["__main__"]  # one module, whoever imports it
    main(*sys.argv[1:])
