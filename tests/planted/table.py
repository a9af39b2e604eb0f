"""All rows, by the part of the product whose guard is taken out."""

from of_ingest import OF_INGEST

PLANTED = [*OF_INGEST]
