#!/usr/bin/env python3
"""Who includes what: the Makefile's include paths keep the layers, this reads the #include lines too."""

import re

import tidy

# Who may include what is not libc's: folders or files, by the header's name.
OUTSIDE = {
    "libpq-fe.h": ["ledger/store"],
    "librdkafka/rdkafka.h": ["ingest/kafka.c", "ingest/kafka_ranges.c", "ingest/kafka_client.c", "ingest/kafka_client.h",
                             "ingest/kafka_gone.c", "ingest/kafka_gone.h", "ingest/kafka_hand.c", "ingest/kafka_hand.h", "ingest/kafka_settings.c", "ingest/kafka_settings.h",
                             "ingest/kafka_wake.c", "ingest/kafka_wake.h", "deploy/dev", "tests"],
    "librdkafka/rdkafka_mock.h": ["tests"],
    "microhttpd.h": ["ledger/witness", "invoices/serve"],
    "curl/curl.h": ["ledger/witness"],
    "gmp.h": ["invoices/rating", "tests/unit/invoices/rating"],
    "cmocka.h": ["tests"],
    "sodium.h": ["ledger", "ingest", "invoices", "deploy/dev", "tests"],
    "jansson.h": ["ledger", "ingest", "invoices", "deploy/dev", "tests"],
}
# ledger/base is libc only, whatever its parent may do.
NOT_IN = {"sodium.h": ["ledger/base"], "jansson.h": ["ledger/base"]}

# Mathematics: no files, no clock, no network, no threads, no environment.
PURE = ["core", "meter", "rating"]
IMPURE_HEADERS = re.compile(
    r"^(unistd|fcntl|dirent|time|signal|pthread|threads|netdb|poll|syslog|locale|sys/(?!types|param)\w+|"
    r"netinet/\w+|arpa/\w+)\.h$")
IMPURE_CALLS = re.compile(
    r"\b(fopen|fdopen|freopen|fread|fwrite|fgets|fputs|fputc|puts|putchar|printf|fprintf|vprintf|"
    r"vfprintf|perror|getenv|setenv|time|clock|clock_gettime|gettimeofday|rand|random|remove|rename|"
    r"exit)\s*\(")

# The exceptions, with their reasons.
IMPURE = {
    "ledger/core/key_file.c": "keys live in files, and their secrets must not pass through others' buffers",
}

TABLE = tidy.libraries()
GENERATED = set(re.findall(r"^\$\(call embed,\s*\w+,\s*(\w+),", tidy.text("Makefile"), re.MULTILINE))


def within(path, places):
    return any(str(path) == place or str(path).startswith(place + "/") for place in places)


def includes(path):
    return re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', tidy.text(path), re.MULTILINE)


def own_header_problem(path, header, library):
    first, _, rest = header.partition("/")
    if header.removesuffix(".h") in GENERATED:
        return None
    if ".." in header or not rest:
        return "is not written with its library's name"
    if first not in [library.name, *library.uses]:
        return f"is not for {library.name}"
    if "/" in rest and not (first == "invoices" and rest.startswith("render/")):
        return "reaches into another folder"
    return None


def layer_findings():
    findings = []
    for path in tidy.files(".c", ".h", under=("ledger", "ingest", "invoices")):
        library = tidy.library_of(path, TABLE)
        if library is None:
            findings.append(f"{path}: its folder is in no row of the Makefile's table of libraries")
            continue
        for kind, header in includes(path):
            problem = own_header_problem(path, header, library) if kind == '"' else None
            if problem:
                findings.append(f"{path}: \"{header}\" {problem}")
    return findings


def outside_findings():
    return [f"{path}: <{header}> is not for it"
            for path in tidy.files(".c", ".h")
            for _, header in includes(path)
            if header in OUTSIDE and (not within(path, OUTSIDE[header])
                                      or within(path, NOT_IN.get(header, [])))]


def pure_findings():
    findings = []
    for path in tidy.files(".c", ".h", under=("ledger", "ingest", "invoices")):
        library = tidy.library_of(path, TABLE)
        if library is None or library.name not in PURE or str(path) in IMPURE:
            continue
        findings += [f"{path}: <{header}>" for kind, header in includes(path)
                     if kind == "<" and IMPURE_HEADERS.match(header)]
        for number, line in enumerate(tidy.code(path).splitlines(), 1):
            findings += [f"{path}:{number}: {match[1]}()" for match in IMPURE_CALLS.finditer(line)]
    return findings


tidy.report(layer_findings(), "every file includes only headers of its own layer and those below")
tidy.report(outside_findings(), "libpq, librdkafka, libmicrohttpd and the others are each known in one place")
tidy.report([path for path in IMPURE if not (tidy.ROOT / path).exists()], "every exception is a file")
tidy.report(pure_findings(), "core, meter and rating have no I/O, no clock, no environment")
tidy.done_testing()
