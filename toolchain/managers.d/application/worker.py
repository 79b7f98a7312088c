# Does each job once, however many workers there are; ends when it is told to.
import signal
import socket
import sys
import time

import psycopg2

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
connection = psycopg2.connect(host="db", user="application", dbname="postgres")
while True:
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE job SET worker = %s WHERE name = (SELECT name FROM job WHERE worker IS NULL LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING name",
            (socket.gethostname(),),
        )
        for (name,) in cursor.fetchall():
            print("did", name)
    time.sleep(0.1)
