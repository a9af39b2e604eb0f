#include "ingest/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/number.h"

/* Of this process, all threads. */
static int64_t cpu_us(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * SECOND_US +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void write_decimal(struct text *out, const char *name, int64_t thousandths)
{
    char number[DECIMAL_TEXT_SIZE];
    text_printf(out, ",\"%s\":%s", name, decimal_format(thousandths, 3, number));
}

static void write_refused(struct text *out, const struct batch_counts *counts)
{
    const char *comma = "";
    text_append(out, ",\"quarantined_by\":{");
    for (size_t i = 1; i < REFUSAL_COUNT; i++) {
        if (counts->refused[i] == 0)
            continue;
        text_printf(out, "%s\"%s\":%" PRIu64, comma, refusal_word((enum refusal_reason)i),
                    counts->refused[i]);
        comma = ",";
    }
    text_append(out, "}");
}

bool stats_write(const char *path, const struct batch_counts *counts, size_t halted,
                 int64_t started_us, struct error *err)
{
    struct text line;
    if (path == NULL)
        return true;
    text_init(&line);
    text_printf(&line,
                "{\"records\":%" PRIu64 ",\"accepted\":%" PRIu64 ",\"duplicate\":%" PRIu64
                ",\"quarantined\":%" PRIu64,
                counts->records, counts->accepted, counts->duplicate, counts->quarantined);
    write_refused(&line, counts);
    text_printf(&line,
                ",\"entries\":%" PRIu64 ",\"series\":%" PRIu64 ",\"batches\":%" PRIu64
                ",\"retries\":%" PRIu64 ",\"halted\":%zu",
                counts->entries, counts->series, counts->batches, counts->retries, halted);
    write_decimal(&line, "seconds", (instant_monotonic() - started_us) / 1000);
    if (counts->batches > 0)
        write_decimal(&line, "busy_seconds", (counts->committed_us - started_us) / 1000);
    if (counts->records > 0)
        write_decimal(&line, "cpu_us_per_event", cpu_us() * 1000 / (int64_t)counts->records);
    text_append(&line, "}\n");
    bool ok = true;
    if (path[0] == '-' && path[1] == '\0')
        fputs(line.data, stdout);
    else
        ok = file_write_atomic(path, 0644, line.data, line.size, err);
    text_release(&line);
    return ok;
}

void stats_log(const struct batch_counts *counts, int64_t elapsed_us)
{
    log_info("%" PRIu64 " records: %" PRIu64 " accepted, %" PRIu64 " duplicate, %" PRIu64
             " quarantined; %" PRIu64 " entries in %" PRIu64 " batches, %" PRId64 " ms",
             counts->records, counts->accepted, counts->duplicate, counts->quarantined,
             counts->entries, counts->batches, elapsed_us / 1000);
}
