# /add?NAME: a job for the workers. /: the jobs and who did them.
import http.server
import urllib.parse

import psycopg2


def database():
    return psycopg2.connect(host="db", user="application", dbname="postgres")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        with database() as connection, connection.cursor() as cursor:
            if url.path == "/add":
                cursor.execute("INSERT INTO job (name) VALUES (%s)", (url.query,))
                text = "queued\n"
            else:
                cursor.execute("SELECT name, worker IS NOT NULL FROM job ORDER BY name")
                text = "".join(name + (" done\n" if done else " waits\n") for name, done in cursor.fetchall())
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode())


with database() as connection, connection.cursor() as cursor:
    cursor.execute("CREATE TABLE IF NOT EXISTS job (name TEXT PRIMARY KEY, worker TEXT)")
http.server.ThreadingHTTPServer(("", 8000), Handler).serve_forever()
