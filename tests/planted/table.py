"""All rows, by the part of the product whose guard is taken out."""

from of_book import OF_BOOK
from of_ingest import OF_INGEST
from of_money import OF_MONEY
from of_reading import OF_READING
from of_store import OF_STORE

PLANTED = [*OF_INGEST, *OF_STORE, *OF_BOOK, *OF_MONEY, *OF_READING]
