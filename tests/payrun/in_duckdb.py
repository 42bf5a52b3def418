"""Computes the awards of tests/payrun.rs as SQL and compares them with what inc wrote.

    in_duckdb.py CUSTOMERS AWARDS
"""

import sys

import duckdb

customers, awards = sys.argv[1:]
db = duckdb.connect(config={"threads": 2})
columns = (
    "{'customer_id':'VARCHAR','segment':'VARCHAR','failed_payments':'INTEGER',"
    "'failed_amount':'DECIMAL(18,2)','minutes':'INTEGER'}"
)
db.execute(
    f"CREATE TABLE c AS SELECT * FROM read_csv('{customers}', header=true, auto_detect=false, columns={columns})"
)
db.execute(
    "CREATE TABLE a AS SELECT * FROM read_csv('"
    + awards
    + "', header=true, auto_detect=false, columns={'customer_id':'VARCHAR','amount':'DECIMAL(18,2)',"
    "'currency':'VARCHAR','form':'VARCHAR','rules':'VARCHAR','segment':'VARCHAR'})"
)
# n counts hundredths of a cent; a half is 50, and goes to the even neighbour.
db.execute(
    """
CREATE TABLE expected AS
SELECT customer_id, segment,
       least(CASE segment WHEN 'retail' THEN 20000 WHEN 'plus' THEN 35000 ELSE 50000 END,
             greatest(1000, n // 100 + CASE WHEN n % 100 > 50 OR (n % 100 = 50 AND (n // 100) % 2 = 1)
                                            THEN 1 ELSE 0 END)) AS cents
FROM (SELECT customer_id, segment,
             CAST(failed_amount * 100 AS BIGINT) * 2 * ((minutes + 59) // 60) AS n FROM c)
"""
)
rows, total = db.execute("SELECT count(*), sum(cents) FROM expected").fetchone()
wrong = db.execute(
    """
SELECT count(*) FROM expected e FULL JOIN a USING (customer_id)
WHERE a.amount IS NULL OR e.cents IS NULL OR CAST(a.amount * 100 AS BIGINT) <> e.cents
      OR a.segment <> e.segment OR a.rules <> 'delay' OR a.currency <> 'MXN'
"""
).fetchone()[0]
ties = db.execute("SELECT count(*) FROM (SELECT CAST(failed_amount * 100 AS BIGINT) * 2 * ((minutes + 59) // 60) AS n FROM c) WHERE n % 100 = 50").fetchone()[0]
if wrong or db.execute("SELECT count(*) FROM a").fetchone()[0] != rows:
    sys.exit(f"{wrong} of {rows} customers have other amounts")
print(f"{rows} {total} {ties}")
